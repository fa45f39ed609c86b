/** Frontmatter keys, their values and the tools that hosts know (ecosystem spec 1.2, 2.2, 2.3; formats spec section 10). */
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'

/** The six keys of the Agent Skills standard; the only ones that survive an upload. */
export const standardKeys: ReadonlySet<string> = new Set([
  'name',
  'description',
  'license',
  'compatibility',
  'metadata',
  'allowed-tools',
])

const claudeSkillKeys: ReadonlySet<string> = new Set([
  ...standardKeys,
  'when_to_use',
  'argument-hint',
  'arguments',
  'disable-model-invocation',
  'user-invocable',
  'disallowed-tools',
  'model',
  'effort',
  'context',
  'agent',
  'background',
  'hooks',
  'paths',
  'shell',
])

const claudeAgentKeys: ReadonlySet<string> = new Set([
  'name',
  'description',
  'tools',
  'disallowedTools',
  'model',
  'permissionMode',
  'maxTurns',
  'skills',
  'mcpServers',
  'hooks',
  'memory',
  'background',
  'effort',
  'isolation',
  'color',
  'initialPrompt',
])

/** Keys Claude Code reads in a file of this type; undefined where any key is as good as another. */
export const knownKeys: Partial<Record<ArtifactType, ReadonlySet<string>>> = {
  skill: claudeSkillKeys,
  command: claudeSkillKeys,
  agent: claudeAgentKeys,
  rule: new Set(['paths']),
  'output-style': new Set(['name', 'description', 'keep-coding-instructions']),
}

/** Closed sets of values, by key. */
export const knownValues: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['effort', new Set(['low', 'medium', 'high', 'xhigh', 'max'])],
  ['context', new Set(['fork'])],
  ['shell', new Set(['bash', 'powershell'])],
  ['memory', new Set(['user', 'project', 'local'])],
  ['isolation', new Set(['worktree'])],
  ['color', new Set(['red', 'blue', 'green', 'yellow', 'purple', 'orange', 'pink', 'cyan'])],
])

/** Keys that are switches: true, false, yes, no, on, off, 1 or 0 in any case. */
export const switchKeys: ReadonlySet<string> = new Set([
  'disable-model-invocation',
  'user-invocable',
  'background',
])

/** Keys that hold one text or a list of texts. */
export const listKeys: ReadonlySet<string> = new Set([
  'arguments',
  'paths',
  'tools',
  'allowed-tools',
  'disallowedTools',
  'disallowed-tools',
  'skills',
])

const tools = [
  'Read',
  'Write',
  'Edit',
  'MultiEdit',
  'Glob',
  'Grep',
  'NotebookEdit',
  'Bash',
  'KillShell',
  'AskUserQuestion',
  'TodoWrite',
  'WebFetch',
  'WebSearch',
  'Task',
  'TaskOutput',
  'Skill',
  'EnterPlanMode',
  'ExitPlanMode',
]

const foldTool = (name: string): string => name.toLowerCase().replace(/[-_]/g, '')
const toolByFold: ReadonlyMap<string, string> = new Map(tools.map((name) => [foldTool(name), name]))

/** The usual spelling of a tool, judged by the part before `(`; null for one that is not known. */
export function knownTool(text: string): string | null {
  const end = text.indexOf('(')
  const name = end < 0 ? text : text.slice(0, end).trimEnd()
  return toolByFold.get(name) ?? toolByFold.get(foldTool(name)) ?? null
}
