import type { ResultOf } from '../../../protocol/methods.ts'

type Plan = ResultOf<'deployments.plan'>
export type PlannedProject = Plan['projects'][number]
export type PlannedItem = PlannedProject['items'][number]

/** A skill that is added with one file. */
export function anItem(item: Partial<PlannedItem> & { name: string }): PlannedItem {
  return {
    type: 'skill',
    collection: 'default',
    profile: 'claude_code',
    platform: 'claude_code',
    profileRoot: '.claude',
    path: `/home/ada/api/.claude/skills/${item.name}`,
    action: 'add',
    reason: null,
    files: [{ path: 'SKILL.md', change: 'add' }],
    ...item,
  }
}

export function aPlanned(name: string, items: PlannedItem[], problem: string | null = null): PlannedProject {
  return { name, path: `/home/ada/${name}`, problem, warnings: [], items }
}

/** As done as planned. */
export const done = (projects: PlannedProject[], operation = 'op-1'): ResultOf<'deployments.deploy'> => ({
  operation,
  projects: projects.map((project) => ({ ...project, outcome: 'done', failure: null })),
})

export const aProfile = (
  id: string,
  root: string,
  types = ['skill'],
): ResultOf<'profiles.list'>['items'][number] => ({
  id,
  platform: id,
  root,
  containers: {},
  configFiles: [],
  types,
  contextPrefixes: [],
  description: null,
})

/** What `deployments.undo` answers when all went well. */
export const undone = (title = 'Deploy review'): ResultOf<'deployments.undo'> => ({
  undoes: 'op-1',
  title,
  operation: 'op-2',
  projects: [],
})
