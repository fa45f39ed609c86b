import { CollectionArtifacts } from '../../components/deploy-dialog/collection-artifacts.tsx'
import { UpdateDialog } from './update-dialog.tsx'

type Props = { ids: readonly string[]; onDone?(): void; onClose(): void }

/** Updates artifacts of scope `collection`, by their ids. */
export const UpdateArtifacts = ({ ids, onDone, onClose }: Props) => (
  <CollectionArtifacts ids={ids} title="Update" onClose={onClose}>
    {(collection, artifacts) => (
      <UpdateDialog
        collection={collection}
        artifacts={artifacts}
        onClose={onClose}
        {...(onDone && { onDone })}
      />
    )}
  </CollectionArtifacts>
)
