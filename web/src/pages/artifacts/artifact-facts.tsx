import { Age } from '../../components/age/age.tsx'
import { CopyButton } from '../../components/copy-button/copy-button.tsx'
import { FactLine } from '../../components/fact-line/fact-line.tsx'
import { formatBytes, formatTokens } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { scopeNames } from '../../lib/scope-names.ts'
import type { ShownArtifact } from './artifact-page.tsx'
import { Versions } from './versions.tsx'

/** What an artifact is and where it lies, in a few lines. */
export function ArtifactFacts({ artifact }: { artifact: ShownArtifact }) {
  const { path, fragment, project, scope, host, source, deployedVersion, upstreamVersion } = artifact
  const hasVersion = deployedVersion !== null || upstreamVersion !== null
  return (
    <FactLine
      items={[
        ['Project', project && <Link href={`/projects/${project.id}`}>{project.name}</Link>],
        ['Scope', scopeNames[scope]],
        ['Agent', host],
        ['Version', hasVersion ? <Versions deployed={deployedVersion} upstream={upstreamVersion} /> : null],
        ['Source', source && <code>{source}</code>],
        [
          'Asked its source',
          artifact.upstreamCheckedAt === null ? null : <Age at={artifact.upstreamCheckedAt} />,
        ],
        ['Because', artifact.stateReason?.message ?? null],
        ['Weight', `${formatTokens(artifact.tokens)} tokens, ${formatBytes(artifact.sizeBytes)}`],
        ['Changed', <Age at={artifact.updatedAt} />],
        [
          fragment === null ? 'Path' : 'In the file',
          <>
            <code>{path}</code>
            <CopyButton text={path} what="the path" />
          </>,
        ],
        ['At', fragment && <code>{fragment}</code>],
      ]}
    />
  )
}
