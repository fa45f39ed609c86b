import type { ResultOf } from '../../../../protocol/methods.ts'
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'
import { Badge } from '../../components/badge/badge.tsx'
import { CopyButton } from '../../components/copy-button/copy-button.tsx'
import { FactLine } from '../../components/fact-line/fact-line.tsx'
import { formatBytes, formatCount, formatTokens } from '../../lib/format.ts'
import { typeCount } from '../../lib/type-count.ts'

type Project = ResultOf<'projects.show'>

/** How smd came to know a project. */
const originTexts: Readonly<Record<string, string>> = {
  claude: 'Claude Code has worked in it',
  plugin: 'a plugin is installed for it',
  root: 'it lies below a root',
  session: 'an agent has worked in it',
  added: 'you added it',
  cwd: 'you were in it',
}

/** What a project is, in one line. */
export function ProjectFacts({ project }: { project: Project }) {
  const { path, origins, countsByType, outdatedCount, modifiedCount, tokens, sizeBytes } = project
  const found = origins.map((origin) => originTexts[origin] ?? origin).join(', ')
  const holds = Object.entries(countsByType)
    .map(([type, count]) => typeCount(type as ArtifactType, count))
    .join(', ')
  return (
    <FactLine
      items={[
        [
          'Folder',
          <>
            <code>{path}</code>
            <CopyButton text={path} what="the path of the folder" />
          </>,
        ],
        ['Known because', found || null],
        ['Has of its own', holds || 'nothing'],
        [
          'Update available',
          outdatedCount > 0 ? <Badge tone="attention">{formatCount(outdatedCount)}</Badge> : null,
        ],
        ['Modified', modifiedCount > 0 ? <Badge tone="changed">{formatCount(modifiedCount)}</Badge> : null],
        ['Weight', `${formatTokens(tokens)} tokens, ${formatBytes(sizeBytes)}`],
      ]}
    />
  )
}
