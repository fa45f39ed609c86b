/** What can be done with several artifacts at once; each tells by a notice what became of it. */
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { TableParams } from '../../../../protocol/page-addresses.ts'
import { notify } from '../../components/notices/notices.tsx'
import { call } from '../../connection.ts'
import type { CallError } from '../../lib/call-error.ts'
import { copyText } from '../../lib/clipboard.ts'
import { saveFile, toCsv } from '../../lib/csv.ts'
import { plural } from '../../lib/format.ts'
import { type ArtifactRow, loadRows } from './artifact-rows.ts'

/** Calls that are on their way at the same time. */
const AT_ONCE = 32

export const copyNames = (rows: readonly ArtifactRow[]): Promise<void> =>
  copyText(rows.map(({ name }) => name).join('\n'), plural(rows.length, 'name'))

export const copyPaths = (rows: readonly ArtifactRow[]): Promise<void> =>
  withArtifacts(rows, (all) => copyText(all.map(({ path }) => path).join('\n'), plural(all.length, 'path')))

export const copyJson = (rows: readonly ArtifactRow[]): Promise<void> =>
  withArtifacts(rows, (all) =>
    copyText(JSON.stringify(all, null, 2), `${plural(all.length, 'artifact')} as JSON`),
  )

/** Reads the artifacts in full; those that are gone meanwhile are left out. */
async function withArtifacts(
  rows: readonly ArtifactRow[],
  act: (artifacts: ResultOf<'artifacts.get'>[]) => Promise<void>,
): Promise<void> {
  const found: ResultOf<'artifacts.get'>[] = []
  try {
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const part = rows.slice(from, from + AT_ONCE).map(({ id }) => getArtifact(id))
      for (const artifact of await Promise.all(part)) if (artifact) found.push(artifact)
    }
  } catch (error) {
    return fail('Nothing was copied', error)
  }
  await act(found)
}

async function getArtifact(id: string): Promise<ResultOf<'artifacts.get'> | null> {
  try {
    return await call('artifacts.get', { id })
  } catch (error) {
    if ((error as CallError).slug === 'artifact.not_found') return null
    throw error
  }
}

const titles = [
  'name',
  'type',
  'scope',
  'project',
  'agent',
  'state',
  'deployedVersion',
  'upstreamVersion',
  'source',
  'sizeBytes',
  'tokens',
  'problems',
  'updatedAt',
  'id',
]

const csvOf = (rows: readonly ArtifactRow[]): string =>
  toCsv(
    titles,
    rows.map((row) => [
      row.name,
      row.type,
      row.scope,
      row.projectName,
      row.host,
      row.state,
      row.deployedVersion,
      row.upstreamVersion,
      row.source,
      row.sizeBytes,
      row.tokens,
      row.problems,
      new Date(row.updatedAt).toISOString(),
      row.id,
    ]),
  )

export const exportRows = (rows: readonly ArtifactRow[]): void =>
  saveFile('artifacts.csv', csvOf(rows), 'text/csv')

/** Everything that a filter leaves, as a file. */
export async function exportTable(table: TableParams, total: number): Promise<void> {
  const done = notify({ text: `Reading ${plural(total, 'artifact')}…`, busy: true })
  try {
    exportRows(await loadRows(table, 0, total))
  } catch (error) {
    fail('Nothing was exported', error)
  } finally {
    done()
  }
}

/** Asks the sources of artifacts what they hold now. Those of one project are asked together, as the daemon does it. */
export async function checkSources(rows: readonly ArtifactRow[]): Promise<void> {
  const projects = new Set(rows.map(({ projectId }) => projectId))
  const wanted = projects.has(null) ? [null] : [...projects]
  const done = notify({ text: 'Asking their sources…', busy: true })
  try {
    let [asked, changed, failed] = [0, 0, 0]
    for (const project of wanted) {
      const { result } = await call('upstream.check', { force: true, ...(project !== null && { project }) })
      asked += result?.asked ?? 0
      changed += result?.artifactsChanged ?? 0
      failed += result?.failed.length ?? 0
    }
    const failures = failed > 0 ? `; ${failed} did not answer` : ''
    notify({
      tone: failed > 0 ? 'attention' : 'ok',
      text:
        asked === 0
          ? 'None of them has a source that can be asked.'
          : `Asked ${plural(asked, 'source')}: ${plural(changed, 'artifact')} changed state${failures}.`,
    })
  } catch (error) {
    fail('Their sources were not asked', error)
  } finally {
    done()
  }
}

function fail(what: string, error: unknown): void {
  const { message, hint } = error as CallError
  notify({ tone: 'danger', text: `${what}: ${message} ${hint ?? ''}` })
}
