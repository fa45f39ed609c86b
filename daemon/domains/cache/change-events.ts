/** What events say of projects, and where those that last are kept. */
import type { AnyEvent, TopicData } from '../../../protocol/events.ts'
import type { ProjectStatus } from '../../../protocol/vocabulary.ts'
import type { Database } from '../../kernel/db/database.ts'
import { putEvent } from '../../kernel/events/put-event.ts'
import { projectId, uidOf } from './ids.ts'

type ProjectChange = Extract<AnyEvent, { topic: 'projects.changed' }>

/** A project as events show it. */
export type ProjectState = { id: string; name: string; path: string; status: ProjectStatus }

type ProjectStateRow = Omit<ProjectState, 'id'> & { row: number; uid: Buffer }

const STATE = 'SELECT id AS row, uid, name, path, status FROM projects'
const toState = ({ uid, name, path, status }: ProjectStateRow): ProjectState => ({
  id: projectId(uid),
  name,
  path,
  status,
})

/** All projects by the id of their row. */
export function projectStates(db: Database): Map<number, ProjectState> {
  return new Map(db.allSql<ProjectStateRow>(STATE).map((row) => [row.row, toState(row)]))
}

/** Null for what belongs to no project. */
export function projectState(db: Database, row: number | null): ProjectState | null {
  const found = row === null ? undefined : db.getSql<ProjectStateRow>(`${STATE} WHERE id = ?`, row)
  return found ? toState(found) : null
}

export const projectEvent = (
  change: TopicData<'projects.changed'>['change'],
  state: ProjectState,
): ProjectChange => ({ topic: 'projects.changed', data: { ...state, change } })

/** What became of the projects between two looks at them. */
export function projectEvents(
  before: ReadonlyMap<number, ProjectState>,
  after: ReadonlyMap<number, ProjectState>,
): AnyEvent[] {
  const events: AnyEvent[] = []
  for (const [row, state] of after) {
    const old = before.get(row)
    if (!old) events.push(projectEvent('added', state))
    else events.push(...statusEvents(old, state))
  }
  for (const [row, state] of before) if (!after.has(row)) events.push(projectEvent('removed', state))
  return events
}

/** That a stale project was read is no news: it says so of itself by its age. */
export function statusEvents(before: ProjectState, after: ProjectState): AnyEvent[] {
  const isSame = (status: ProjectStatus): ProjectStatus => (status === 'stale' ? 'active' : status)
  return isSame(before.status) === isSame(after.status) ? [] : [projectEvent('changed', after)]
}

/** Keeps events beside the changes they tell of; to be called in the transaction of those. */
export function keepEvents(db: Database, at: number, events: readonly AnyEvent[]): void {
  for (const event of events) {
    const id =
      'project' in event.data
        ? event.data.project?.id
        : event.topic === 'projects.changed'
          ? event.data.id
          : null
    const uid = id ? uidOf('prj', id) : null
    const projectId = db.valueSql<number>('SELECT id FROM projects WHERE uid = ?', uid) ?? null
    putEvent(db, { ...event, at, projectId })
  }
}
