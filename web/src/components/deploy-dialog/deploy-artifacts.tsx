import { CollectionArtifacts } from './collection-artifacts.tsx'
import { DeployDialog } from './deploy-dialog.tsx'

/** Deploys artifacts of scope `collection`, by their ids. */
export const DeployArtifacts = ({ ids, onClose }: { ids: readonly string[]; onClose(): void }) => (
  <CollectionArtifacts ids={ids} title="Deploy" onClose={onClose}>
    {(collection, artifacts) => (
      <DeployDialog collection={collection} artifacts={artifacts} onClose={onClose} />
    )}
  </CollectionArtifacts>
)
