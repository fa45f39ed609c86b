import { join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { findProject } from '../cache/index.ts'
import { type AdoptableRow, selectAdoptable } from './adoptable-repo.ts'
import { type Adoptable, judge, provenanceOf } from './adoption.ts'
import { doWork } from './do-work.ts'
import { touched } from './touched.ts'

type Adopted = ResultOf<'collections.adopt'>
type Item = Adopted['items'][number]

/**
 * Takes artifacts of a project into a collection without moving them: a copy goes to the collection, with the origin that
 * their manager recorded, and a deployment record into the project. Their files, and the lock files of their managers, stay
 * as they are. One that cannot be adopted is told, and stops no other.
 */
export async function adoptArtifacts(
  ctx: DaemonContext,
  { project: ref, artifacts, collection, dryRun }: ParsedParamsOf<'collections.adopt'>,
): Promise<Adopted> {
  await ctx.refresher.beforeRead()
  const project = findProject(ctx.db, ref)
  const rows = chosen(selectAdoptable(ctx.db, project.id), artifacts)
  const items: Item[] = []
  const adopted: Adoptable[] = []
  const operations: string[] = []
  const paths = new Set<string>()
  for (const judged of rows.map(judge)) {
    const { row } = judged
    const told = { name: row.name, type: row.type, path: join(project.path, row.relPath), source: row.source }
    if ('reason' in judged) {
      items.push({ ...told, action: 'skip', reason: judged.reason })
      continue
    }
    try {
      if (!dryRun) {
        const { folder, operation } = await add(ctx, judged, told.path, collection ?? null)
        paths.add(folder)
        if (operation !== null) operations.unshift(operation)
      }
      adopted.push(judged)
      items.push({ ...told, action: 'adopt', reason: null })
    } catch (error) {
      if (!(error instanceof SmdError) || !isAboutOne(error)) throw error
      items.push({ ...told, action: 'skip', reason: error.message })
    }
  }
  if (!dryRun && adopted.length > 0)
    operations.unshift(...(await record(ctx, project, adopted, collection ?? null, paths)))
  if (paths.size > 0) await touched(ctx, { paths: [...paths] })
  return { collection: collection ?? null, items, operations }
}

/** Errors: `artifact.not_found` for a name that the project does not have. */
function chosen(rows: AdoptableRow[], names: readonly string[] | undefined): AdoptableRow[] {
  if (!names) return rows
  const isNamed = (row: AdoptableRow, name: string): boolean => row.name.toLowerCase() === name.toLowerCase()
  const missing = names.find((name) => !rows.some((row) => isNamed(row, name)))
  if (missing !== undefined) throw new SmdError('artifact.not_found', { name: missing })
  return rows.filter((row) => names.some((name) => isNamed(row, name)))
}

/** What is wrong with one artifact, and says nothing of the next. */
const isAboutOne = ({ slug }: SmdError): boolean =>
  [
    'collection.artifact_exists',
    'collection.copy_differs',
    'collection.not_an_artifact',
    'collection.bad_name',
    'collection.leads_outside',
    'object.unreadable',
    'object.too_large',
  ].includes(slug)

function add(ctx: DaemonContext, { row, name }: Adoptable, path: string, collection: string | null) {
  const provenance = provenanceOf(row)
  return doWork(ctx, 'addArtifact', {
    spec: path,
    part: null,
    type: row.type,
    name,
    collection,
    tags: [],
    force: false,
    onlyHash: row.hash as string,
    ...(provenance && { provenance }),
  })
}

/** Writes the records, for each agent's folder at once; what lies there is the same already. */
async function record(
  ctx: DaemonContext,
  project: { path: string; name: string },
  adopted: readonly Adoptable[],
  collection: string | null,
  paths: Set<string>,
): Promise<string[]> {
  const operations: string[] = []
  for (const [profile, some] of Map.groupBy(adopted, (each) => each.profile)) {
    const done = await doWork(ctx, 'deploy', {
      remove: false,
      artifacts: some.map(({ row, name }) => ({ name, type: row.type })),
      sets: [],
      collection,
      targets: [{ path: project.path, name: project.name }],
      scope: 'project',
      profiles: [profile],
      allProfiles: false,
      overwrite: false,
      link: false,
      members: false,
      platformDefaults: null,
      expect: null,
    })
    if (done.operation !== null) operations.unshift(done.operation)
    for (const path of done.touched) paths.add(path)
  }
  return operations
}
