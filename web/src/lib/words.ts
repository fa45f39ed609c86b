/** Words of the protocol as the page shows them. */
import type { ArtifactState } from '../../../protocol/artifact-states.ts'
import type { ArtifactType, ProjectStatus } from '../../../protocol/vocabulary.ts'

/** How good or bad something is: decides its colour, never alone its meaning. */
export type Tone = 'ok' | 'attention' | 'danger' | 'info' | 'changed' | 'neutral'

export const typeNames: Record<ArtifactType, string> = {
  skill: 'Skill',
  command: 'Command',
  agent: 'Agent',
  hook: 'Hook',
  mcp: 'MCP server',
  plugin: 'Plugin',
  rule: 'Rule',
  'output-style': 'Output style',
  workflow: 'Workflow',
  memory: 'Memory',
}

export const typePlurals: Record<ArtifactType, string> = {
  skill: 'Skills',
  command: 'Commands',
  agent: 'Agents',
  hook: 'Hooks',
  mcp: 'MCP servers',
  plugin: 'Plugins',
  rule: 'Rules',
  'output-style': 'Output styles',
  workflow: 'Workflows',
  memory: 'Memory',
}

type Word = { name: string; tone: Tone; meaning: string }

export const stateWords: Record<ArtifactState, Word> = {
  current: { name: 'Current', tone: 'ok', meaning: 'Its source has nothing newer.' },
  outdated: { name: 'Update available', tone: 'attention', meaning: 'Its source has changed since.' },
  modified: { name: 'Modified', tone: 'changed', meaning: 'It was changed here.' },
  diverged: {
    name: 'Diverged',
    tone: 'danger',
    meaning: 'It was changed here, and its source has changed too.',
  },
  untracked: { name: 'Untracked', tone: 'neutral', meaning: 'Nothing records where it came from.' },
  unknown: { name: 'Unknown', tone: 'neutral', meaning: 'It cannot be told how it stands to its source.' },
}

export const statusWords: Record<ProjectStatus, Word> = {
  active: { name: 'Fresh', tone: 'ok', meaning: 'It was read not long ago.' },
  stale: { name: 'Stale', tone: 'neutral', meaning: 'It was read longer ago than cache.ttl_minutes.' },
  error: {
    name: 'Failed',
    tone: 'danger',
    meaning: 'It could not be read the last time; what was read before is shown.',
  },
  missing: {
    name: 'Missing',
    tone: 'attention',
    meaning: 'Its folder is gone; what was read before is shown.',
  },
}
