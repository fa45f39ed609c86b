/** Pages of artifacts by keyset: short ones at once, long ones in parts. */
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { packCursor, unpackCursor } from '../../kernel/db/cursor.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { type ArtifactPosition, type ArtifactWhere, countArtifacts } from './artifacts-repo.ts'
import { findProject } from './project-ref.ts'

/** Rows per part of a long reply; a part takes the daemon's thread for about 2 ms. */
export const PART = 200

/** The parts of a filter that SQL answers. */
export type ListFilter = Omit<ParsedParamsOf<'artifacts.list'>, 'limit' | 'cursor' | 'sort'>

/** Some rows as JSON, one or several to a text, and where the next ones follow; null when there are none. */
export type Part = { rows: string[]; next: { value: string | number; uid: string } | null }

export type Page = {
  filter: ListFilter
  /** What a cursor belongs to. */
  scope: unknown[]
  limit: number
  cursor: string | undefined
  head: string
  take(where: ArtifactWhere, after: ArtifactPosition | null, size: number): Part
}

/** Short pages are one text; long ones come in parts, so that nobody else waits for them. */
export function page(ctx: DaemonContext, { filter, scope: parts, limit, cursor, head, take }: Page): RawJson {
  const where = toWhere(ctx, filter)
  const scope = JSON.stringify(parts)
  const start = readPosition(scope, cursor)
  ctx.memo.refresh()
  const total = ctx.memo.counted(scope, () => countArtifacts(ctx.db, where))
  const texts = function* (): Generator<string> {
    let after = start
    let left = limit
    let before = head
    for (;;) {
      const { rows, next } = take(where, after, Math.min(left, PART))
      left -= PART
      for (const row of rows) {
        yield before + row
        before = ','
      }
      if (left <= 0 || next === null) {
        const nextCursor = next && packCursor(scope, [next.value, next.uid])
        const end = `],"total":${total},"nextCursor":${JSON.stringify(nextCursor)}}`
        return yield before === head ? head + end : end
      }
      after = { value: next.value, uid: Buffer.from(next.uid, 'hex') }
      ctx.memo.refresh()
    }
  }
  // What is made at once can still fail with a reason; what takes long is made while it is sent.
  return new RawJson(limit > PART ? texts() : [...texts()])
}

function readPosition(scope: string, cursor: string | undefined): ArtifactPosition | null {
  const position = unpackCursor(scope, cursor)
  if (!position) return null
  const [value, uid] = position
  if (value === undefined || typeof uid !== 'string') throw new SmdError('page.bad_cursor')
  return { value, uid: Buffer.from(uid, 'hex') }
}

export function toWhere(ctx: DaemonContext, { project, ...rest }: ListFilter): ArtifactWhere {
  return project === undefined ? rest : { ...rest, projectId: findProject(ctx.db, project).id }
}
