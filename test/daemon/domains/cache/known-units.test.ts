import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { KnownUnits } from '../../../../daemon/domains/cache/known-units.ts'
import type { UnitRef } from '../../../../daemon/domains/cache/scan/job.ts'
import type {
  ClaudeProjectState,
  ScanEnvironment,
  ScanUnit,
} from '../../../../daemon/domains/cache/scan/types.ts'

const unit = (id: number, kind: ScanUnit['kind'], path: string, more: Partial<ScanUnit> = {}): UnitRef => ({
  id,
  projectId: kind === 'project' ? id : null,
  unit: { kind, path, name: path, ...more },
})
const server = (command: string): Record<string, unknown> => ({ s: { command } })
const project = (command: string): ClaudeProjectState => ({
  mcpServers: server(command),
  disabledMcpServers: [],
  enabledMcpjsonServers: [],
  disabledMcpjsonServers: [],
})
const env = (projects: Record<string, ClaudeProjectState> = {}, mcpServers = {}): ScanEnvironment => ({
  folders: {} as ScanEnvironment['folders'],
  claude: { mcpServers, projects },
  collectionHashes: {},
  limits: { maxMainFileBytes: 1, maxArtifactBytes: 1, maxArtifactFiles: 1 },
})
const user = unit(1, 'user', '/home')
const plugin = unit(2, 'plugin', '/plugins/p')
const a = unit(3, 'project', '/a')
const b = unit(4, 'project', '/b')

const known = (environment = env()): KnownUnits => {
  const units = new KnownUnits()
  units.put([user, plugin, a, b], environment, true)
  return units
}
const ids = (refs: readonly UnitRef[]): number[] => refs.map(({ id }) => id).sort()

let folder: string | undefined
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true })
  folder = undefined
})

describe('the known units', () => {
  it('are replaced when everything was looked for, else joined; those of no project always replaced', () => {
    const units = known()
    const other = unit(5, 'plugin', '/plugins/q')
    units.put([user, other, unit(6, 'project', '/c')], env(), false)
    expect(ids(units.all)).toEqual([1, 3, 4, 5, 6])
    units.put([user], env(), true)
    expect(ids(units.all)).toEqual([1])
    units.clear()
    expect([units.all, units.env]).toEqual([[], null])
  })

  it('concern all units before anything is known', () => {
    expect(ids(new KnownUnits().affectedBy([user, a], env()))).toEqual([1, 3])
  })

  it('are, of an unchanged environment, only the user', () => {
    expect(ids(known().affectedBy([user, plugin], env()))).toEqual([1])
  })

  it('are those projects of which ~/.claude.json says something else, also by way of a link', () => {
    const before = env({ '/a': project('x'), '/b': project('x') })
    const after = env({ '/a': project('y'), '/b': project('x') })
    expect(ids(known(before).affectedBy([user, plugin], after))).toEqual([1, 3])
    expect(ids(known(before).affectedBy([user, plugin], env({ '/a': project('x') })))).toEqual([1, 4])

    folder = realpathSync(mkdtempSync(join(tmpdir(), 'smd-known-')))
    const link = join(folder, 'link')
    symlinkSync(folder, link)
    const units = new KnownUnits()
    units.put([unit(9, 'project', folder)], env(), true)
    expect(ids(units.affectedBy([], env({ [link]: project('y') })))).toEqual([9])
  })

  it('are all when what concerns all of them changed', () => {
    expect(ids(known().affectedBy([user, plugin], env({}, server('x'))))).toEqual([1, 2, 3, 4])
  })

  it('are plugins that are new, or of which the registry says something else', () => {
    const moved = unit(2, 'plugin', '/plugins/p', { name: 'p2' })
    const added = unit(7, 'plugin', '/plugins/new')
    expect(ids(known().affectedBy([user, moved, added], env()))).toEqual([1, 2, 7])
  })
})
