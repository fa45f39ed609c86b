import { artifactStates } from '../../../protocol/artifact-states.ts'
import type { ParsedParamsOf } from '../../../protocol/methods.ts'
import { type ArtifactType, artifactTypes } from '../../../protocol/vocabulary.ts'
import type { DaemonContext } from '../../context.ts'
import { RawJson } from '../../kernel/rpc/raw-json.ts'
import { nextTurn } from '../../kernel/rpc/turn.ts'
import type { ArtifactColumns, ArtifactKind } from './artifact-columns.ts'
import { type ArtifactContents, loadContents } from './artifact-contents.ts'
import { pathOf } from './artifact-item.ts'
import { byScope } from './effect.ts'
import { projectId } from './ids.ts'
import { type ProjectName, selectProjectNames } from './projects-repo.ts'
import { nameOf } from './projects-service.ts'
import { columnsOf, rowsAmong } from './table-rows.ts'

type Params = ParsedParamsOf<'artifacts.matrix'>

/** Artifacts worked through at a time: less than 1 ms, but where paths have to be looked up. */
const ROWS_AT_ONCE = 500
/** Cells of one part of the answer: about 2 ms. */
const CELLS_AT_ONCE = 5_000

/** One line of the matrix: by place (`projects.id`, 0 for the user) the row of the artifact in effect there. */
type Line = { name: string; type: ArtifactType; places: Map<number, number> }

/** Which project has which artifact, in turns of a few milliseconds. */
export async function matrixOfArtifacts(ctx: DaemonContext, params: Params): Promise<RawJson> {
  const columns = await columnsOf(ctx)
  const contents = await ctx.memo.made('contents', () => loadContents(ctx.db, columns))
  const lines = await linesOf(ctx, columns, contents, params)
  const used = new Set(lines.flatMap(({ places }) => [...places.keys()]))
  const projects = selectProjectNames(ctx.db).filter(({ id }) => used.has(id))
  return new RawJson(textsOf(lines, projects, used.has(0), columns, contents))
}

async function linesOf(
  ctx: DaemonContext,
  columns: ArtifactColumns,
  contents: ArtifactContents,
  { type, query, atLeast }: Params,
): Promise<Line[]> {
  const { kinds, kindList, projects, byName } = columns
  const among = query === undefined ? null : new Set(await rowsAmong(ctx, columns, { query }))
  // The user's own folders and projects; a plugin or a collection is no place where something is used.
  const counts = kindList.map(
    (kind) => (type === undefined || kind.type === type) && ['user', 'project', 'local'].includes(kind.scope),
  )
  const lines: Line[] = []
  let ofName = new Map<ArtifactType, Line>()
  let lastName = -1
  const endName = (): void => {
    for (const each of artifactTypes) {
      const line = ofName.get(each)
      if (line && line.places.size >= atLeast) lines.push(line)
    }
    ofName = new Map()
  }
  for (const [at, row] of byName.entries()) {
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await nextTurn()
    const kind = kinds[row] as number
    if (!counts[kind] || (among && !among.has(row))) continue
    const name = contents.nameOf[row] as number
    if (name !== lastName) endName()
    lastName = name
    const of = kindList[kind]?.type as ArtifactType
    const line = ofName.get(of) ?? { name: contents.names[name] as string, type: of, places: new Map() }
    ofName.set(of, line)
    const place = projects[row] as number
    const other = line.places.get(place)
    if (other === undefined || isBefore(ctx, columns, row, other)) line.places.set(place, row)
  }
  endName()
  return lines
}

/** Whether of two artifacts in one place the first is in effect. */
function isBefore(ctx: DaemonContext, columns: ArtifactColumns, a: number, b: number): boolean {
  const kindOf = (row: number): ArtifactKind => columns.kindList[columns.kinds[row] as number] as ArtifactKind
  const order = byScope(kindOf(a), kindOf(b))
  return order === 0 ? pathOfRow(ctx, columns, a) < pathOfRow(ctx, columns, b) : order < 0
}

function pathOfRow({ db, memo }: DaemonContext, { ids }: ArtifactColumns, row: number): string {
  const sql = 'SELECT unit_id, rel_path FROM artifacts WHERE id = ?'
  const found = db.getSql<{ unit_id: number; rel_path: string }>(sql, ids[row] as number)
  return found ? pathOf(found, memo) : ''
}

function* textsOf(
  lines: readonly Line[],
  projects: readonly ProjectName[],
  hasUser: boolean,
  columns: ArtifactColumns,
  contents: ArtifactContents,
): Generator<string> {
  const heads = projects.map((project) => ({ id: projectId(project.uid), name: nameOf(project) }))
  const all = hasUser ? [{ id: null, name: 'user' }, ...heads] : heads
  const columnOf = new Map(
    [...(hasUser ? [0] : []), ...projects.map(({ id }) => id)].map((id, at) => [id, at]),
  )
  const stateOf = columns.kindList.map(({ state }) => artifactStates.indexOf(state))
  let text = `{"columns":${JSON.stringify(all)},"states":${JSON.stringify(artifactStates)},"rows":[`
  let cells = 0
  let separator = ''
  for (const { name, type, places } of lines) {
    const { variants, variantOf } = variantsOf(places.values(), contents)
    const told = toldCells(places, columnOf)
    text += `${separator}{"name":${JSON.stringify(name)},"type":"${type}","variants":${variants},"cells":[`
    separator = ','
    for (let at = 0; at < told.length; at += 2) {
      const row = told[at + 1] as number
      const state = stateOf[columns.kinds[row] as number]
      text += `${at === 0 ? '' : ','}${told[at]},${state},${variantOf.get(contents.contentOf[row] as number)}`
    }
    text += ']}'
    cells += told.length / 2
    if (cells < CELLS_AT_ONCE) continue
    yield text
    text = ''
    cells = 0
  }
  yield `${text}]}`
}

/** By column: the column and the row of each place, one after the other. */
function toldCells(places: ReadonlyMap<number, number>, columnOf: ReadonlyMap<number, number>): Float64Array {
  // Both in one number, so that sorting needs no comparison of objects.
  const cells = new Float64Array(places.size)
  let count = 0
  for (const [place, row] of places) {
    const column = columnOf.get(place)
    if (column !== undefined) cells[count++] = column * ROWS + row
  }
  const sorted = cells.subarray(0, count).sort()
  const told = new Float64Array(count * 2)
  for (const [at, cell] of sorted.entries()) {
    told[at * 2] = Math.floor(cell / ROWS)
    told[at * 2 + 1] = cell % ROWS
  }
  return told
}

/** More than there are rows. */
const ROWS = 2 ** 32

/** Numbers the contents of some rows, 0 for the one that most have. */
function variantsOf(
  rows: Iterable<number>,
  { contentOf }: ArtifactContents,
): { variants: number; variantOf: Map<number, number> } {
  const counts = new Map<number, number>()
  for (const row of rows) {
    const content = contentOf[row] as number
    counts.set(content, (counts.get(content) ?? 0) + 1)
  }
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || a - b)
  return { variants: counts.size, variantOf: new Map(ordered.map(([content], at) => [content, at])) }
}
