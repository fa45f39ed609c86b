import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { composeInline } from '../../../../daemon/compose-inline.ts'
import type { Engine, UnitDone } from '../../../../daemon/domains/cache/engine.ts'
import { createInlineEngine } from '../../../../daemon/domains/cache/inline-engine.ts'
import {
  createProcessEngine,
  type ProcessEngineOptions,
} from '../../../../daemon/domains/cache/process-engine.ts'
import { discover } from '../../../../daemon/domains/cache/scan/discovery.ts'
import { scannerThread, writerProcess } from '../../../../daemon/entries.ts'
import { machineFolders } from '../../../../daemon/kernel/config/machine-folders.ts'
import type { Database } from '../../../../daemon/kernel/db/database.ts'
import { openForReading, openForWriting, openInMemory } from '../../../../daemon/kernel/db/open.ts'
import { buildDemoHome } from '../../../demo/build-demo-home.ts'
import { skill, type TestHome, useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const engines: Engine[] = []
const databases: Database[] = []
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
  for (const db of databases.splice(0)) db.close()
})

function startEngine(home: TestHome, options: Partial<ProcessEngineOptions> = {}) {
  const file = join(home.home, 'cache.db')
  openForWriting(file).close()
  const engine = createProcessEngine({
    dbFile: () => file,
    scannerCount: () => 2,
    onCorrupt: () => undefined,
    ...options,
  })
  const db = openForReading(file)
  engines.push(engine)
  databases.push(db)
  return { engine, db, file }
}

/** Looks for everything, as a refresh does. */
async function searched(engine: Engine, home: TestHome) {
  const settings = await settingsOf(home)
  const discovery = await engine.discover({ folders: home.around.folders, settings, cwd: null, only: null })
  const { refs } = await engine.write('syncUnits', { ...discovery, excluded: [], now: 1 })
  return { env: discovery.env, refs }
}

/** Looks for everything and reads it. */
async function scanAll(engine: Engine, home: TestHome, onDone = (): void => undefined): Promise<UnitDone[]> {
  const { env, refs } = await searched(engine, home)
  const done: UnitDone[] = []
  await engine.scan(refs, env, 1_000, (unit) => {
    done.push(unit)
    onDone()
  })
  return done
}

async function settingsOf(home: TestHome) {
  const { ctx, close } = await composeInline(home.around, openInMemory(), { kind: 'memory', path: '' })
  await close()
  return ctx.settings.current
}

/** Everything but what differs between any two files: row ids and the times of writing. */
const contentOf = (db: Database) => ({
  projects: db.allSql(
    'SELECT uid, name, path, origins, status, error_message, last_fetched FROM projects ORDER BY path',
  ),
  artifacts: db.allSql(
    `SELECT a.uid, u.path AS unit, p.path AS project, a.name, a.type, a.scope, a.host, a.rel_path, a.fragment, a.source,
       a.deployed_version, a.upstream_version, a.is_outdated, a.local_modified, a.hash, a.stat_sig, a.size_bytes, a.tokens,
       a.modified_at, d.digest, d.title, d.description, d.tags, d.aliases, d.diagnostics, d.metadata
     FROM artifacts a JOIN scan_units u ON u.id = a.unit_id LEFT JOIN projects p ON p.id = a.project_id
       LEFT JOIN descriptions d ON d.id = a.description_id ORDER BY a.uid`,
  ),
  units: db.allSql(
    'SELECT kind, path, name, config_sig, provenance_sig, diagnostics FROM scan_units ORDER BY kind, path',
  ),
})

const manyProjects = (count: number) => (home: TestHome) => {
  for (let i = 0; i < count; i++) {
    home.write(`projects/p${i}/.claude/skills/s/SKILL.md`, skill('s', `Of ${i}.`))
    home.write(`projects/p${i}/.claude/commands/c${i}.md`, 'Do it.')
  }
}

/** Nice values of the threads of a process: the 19th field of their `stat`, after the name in brackets. */
const prioritiesOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('createProcessEngine', () => {
  it('compares files beside a scan, and ends a comparison that nobody waits for any more', async () => {
    const server = createServer()
    const asked = new Promise<void>((resolve) => server.on('connection', () => resolve()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const home = makeHome({ prepare: manyProjects(40) })
    const { engine } = startEngine(home, { keptDir: join(home.home, 'kept') })
    const at = (i: number) => ({
      kind: 'disk' as const,
      path: join(home.home, `projects/p${i}/.claude/skills/s`),
      part: null,
    })
    const common = {
      name: 's',
      left: at(1),
      limits: { maxArtifactBytes: 1e6, maxArtifactFiles: 100 },
      net: { offline: false, timeoutMs: 60_000 },
    }
    const signal = new AbortController().signal
    const [compared] = await Promise.all([
      engine.diff({ ...common, right: at(2) }, signal),
      scanAll(engine, home),
    ])
    expect(compared.files).toMatchObject([{ path: 'SKILL.md', status: 'changed', hunks: [{ leftStart: 1 }] }])
    // A source that takes the question and never answers
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r.git`
    const waiting = new AbortController()
    const source = { kind: 'git' as const, url, ref: null }
    const right = { kind: 'source' as const, source, path: '', digest: null, revision: null, inside: null }
    const ended = expect(engine.diff({ ...common, right }, waiting.signal)).rejects.toThrow('aborted')
    await asked
    waiting.abort()
    await ended
    const offline = { ...common, right, net: { offline: true, timeoutMs: 60_000 } }
    await expect(engine.diff(offline, signal)).rejects.toMatchObject({
      slug: 'artifact.no_upstream_files',
      details: { reason: 'smd is set to be offline (net.offline)' },
    })
  })

  it('writes the same rows as the engine in place, from real projects (CACHE-2.1b)', async () => {
    const out = mkdtempSync(join(tmpdir(), 'smd-demo-'))
    try {
      const { home } = buildDemoHome({ count: 3, out, artifactsPerProject: 40 })
      const around = makeHome()
      around.around.folders = machineFolders(
        { HOME: home, SMD_CLAUDE_MANAGED_DIR: join(home, 'managed') },
        process.platform,
        home,
      )
      const { engine, db } = startEngine(around)
      const done = await scanAll(engine, around)
      const inline = openInMemory()
      databases.push(inline)
      await scanAll(createInlineEngine(inline), around)
      expect(contentOf(db)).toEqual(contentOf(inline))
      expect(done.map((unit) => unit.failure).filter((failure) => failure !== null)).toEqual([])
      expect(db.valueSql('SELECT count(*) FROM artifacts')).toBeGreaterThan(120)
    } finally {
      rmSync(out, { recursive: true, force: true })
    }
  })

  it('reports each of many units once, however many scanners there are', async () => {
    const home = makeHome({ prepare: manyProjects(60) })
    for (const count of [1, 3]) {
      const { engine, db } = startEngine(home, { scannerCount: () => count })
      const done = await scanAll(engine, home)
      expect(done).toHaveLength(61)
      expect(new Set(done.map((unit) => unit.unitId)).size).toBe(61)
      expect(db.valueSql('SELECT count(*) FROM artifacts')).toBe(120)
    }
  })

  it('scans nothing in no time, and refuses a second scan beside one', async () => {
    const home = makeHome({ prepare: manyProjects(3) })
    const { engine } = startEngine(home)
    const settings = await settingsOf(home)
    const { env, ...discovery } = discover({ folders: home.around.folders, settings, cwd: null, only: null })
    await engine.scan([], env, 1, () => undefined)
    const { refs } = await engine.write('syncUnits', { ...discovery, excluded: [], now: 1 })
    const first = engine.scan(refs, env, 1, () => undefined)
    await expect(engine.scan(refs, env, 1, () => undefined)).rejects.toThrow('running already')
    await first
  })

  it.runIf(process.platform === 'linux')('reads the disk at low priority (CACHE-2.2e)', async () => {
    const home = makeHome({ prepare: manyProjects(40) })
    const writer = new URL('../../../support/counted-writer.ts', import.meta.url)
    const { engine, file } = startEngine(home, { entries: { scanner: scannerThread, writer } })
    const { env, refs } = await searched(engine, home)
    const pid = Number(readFileSync(`${file}.pids`, 'utf8'))
    const own = getPriority()
    const lowest: number[] = []
    await engine.scan(refs, env, 1_000, () => lowest.push(Math.max(...prioritiesOf(pid))))
    expect(Math.min(...lowest)).toBeGreaterThan(own)
    expect(getPriority(pid)).toBe(own)
  })

  it('reads a few units beside a scan, each as it is then', async () => {
    const home = makeHome({ prepare: manyProjects(40) })
    const { engine, db } = startEngine(home)
    await scanAll(engine, home)
    const { env, refs } = await searched(engine, home)
    home.write('projects/p7/.claude/skills/t/SKILL.md', skill('t'))
    const few = refs.filter(({ unit }) => unit.name === 'p7')
    const seen: UnitDone[] = []
    let running = true
    const all = engine
      .scan(refs, env, 2_000, () => undefined)
      .finally(() => {
        running = false
      })
    await engine.scan(few, env, 2_000, (done) => seen.push(done))
    expect(running).toBe(true)
    expect(seen).toMatchObject([{ unitId: few[0]?.id, failure: null, written: { added: 1 } }])
    await all
    expect(db.valueSql('SELECT count(*) FROM artifacts')).toBe(81)
  })

  it('begins no further unit when it is told to leave it at that', async () => {
    const home = makeHome({ prepare: manyProjects(200) })
    const { engine, db } = startEngine(home, { scannerCount: () => 1 })
    const { env, refs } = await searched(engine, home)
    const cut = new AbortController()
    const done: UnitDone[] = []
    const take = (unit: UnitDone): void => {
      done.push(unit)
      cut.abort()
    }
    await engine.scan(refs, env, 1_000, take, cut.signal)
    expect(done.length).toBeGreaterThan(0)
    expect(done.length).toBeLessThan(refs.length)
    expect(db.valueSql("SELECT count(*) FROM scan_units WHERE config_sig <> ''")).toBe(done.length)
    await engine.scan(refs, env, 1_000, take, cut.signal)
    expect(done.length).toBeLessThan(refs.length)
  })

  it('keeps its process as long as somebody waits for changes', async () => {
    const home = makeHome()
    const writer = new URL('../../../support/counted-writer.ts', import.meta.url)
    const { engine, file } = startEngine(home, { idleMs: 0, entries: { scanner: scannerThread, writer } })
    engine.keepReady(true)
    await engine.write('check', {})
    const pid = Number(readFileSync(`${file}.pids`, 'utf8'))
    await engine.write('check', {})
    expect(readFileSync(`${file}.pids`, 'utf8').trim()).toBe(String(pid))
    expect(isAlive(pid)).toBe(true)
    engine.keepReady(false)
    while (isAlive(pid)) await turn()
  })

  it('lists and reads files of an artifact, and says why it cannot', async () => {
    const home = makeHome({ prepare: ({ write }) => void write('s/SKILL.md', skill('s')) })
    const { engine } = startEngine(home)
    const root = join(home.home, 's')
    expect(await engine.listFiles(root)).toMatchObject({ root, items: [{ path: 'SKILL.md' }] })
    const read = (path: string) => engine.readFile({ root, path, part: null })
    expect(await read('SKILL.md')).toMatchObject({ text: skill('s') })
    await expect(read('../cache.db')).rejects.toMatchObject({ slug: 'artifact.no_such_file' })
    await expect(engine.listFiles(join(root, 'none'))).rejects.toMatchObject({ slug: 'artifact.unreadable' })
  })

  it('hands over expected failures as they are', async () => {
    const { engine } = startEngine(makeHome())
    await expect(engine.validate('/no/such/path', 'portable')).rejects.toMatchObject({
      slug: 'validate.path_not_found',
      details: { path: '/no/such/path' },
    })
    await expect(
      engine.write('setVersions', { id: 1, deployed: 'a', upstream: 'b', outdated: 2 as never }),
    ).resolves.toBeUndefined()
  })

  it('answers a write with why the file cannot be opened', async () => {
    const home = makeHome()
    const { engine } = startEngine(home, { dbFile: () => home.home })
    await expect(engine.write('check', {})).rejects.toMatchObject({ slug: 'cache.unavailable' })
    await expect(engine.write('check', {})).rejects.toMatchObject({ slug: 'cache.unavailable' })
  })

  it('ends its process when there is nothing to do, and starts another one when there is', async () => {
    const home = makeHome({ prepare: manyProjects(6) })
    const writer = new URL('../../../support/counted-writer.ts', import.meta.url)
    const { engine, file } = startEngine(home, { idleMs: 0, entries: { scanner: scannerThread, writer } })
    const pids = (): number[] => readFileSync(`${file}.pids`, 'utf8').trim().split('\n').map(Number)
    const gone = async (pid: number): Promise<void> => {
      while (isAlive(pid)) await turn()
    }
    await engine.write('check', {})
    await gone(pids()[0] as number)
    expect(await scanAll(engine, home)).toHaveLength(7)
    await gone(pids().at(-1) as number)
    expect(new Set(pids()).size).toBeGreaterThan(1)
  })

  it('leaves no process behind when the daemon is killed', async () => {
    const home = makeHome()
    const writer = new URL('../../../support/counted-writer.ts', import.meta.url)
    const file = join(home.home, 'cache.db')
    const script = `
      import { createProcessEngine } from ${JSON.stringify(new URL('../../../../daemon/domains/cache/process-engine.ts', import.meta.url).href)}
      const entries = { scanner: new URL(${JSON.stringify(scannerThread.href)}), writer: new URL(${JSON.stringify(writer.href)}) }
      const engine = createProcessEngine({ dbFile: () => ${JSON.stringify(file)}, scannerCount: () => 1, onCorrupt() {}, entries })
      await engine.write('check', {})
      console.log('written')
    `
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => parent.stdout.once('data', resolve))
    const pid = Number(readFileSync(`${file}.pids`, 'utf8'))
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    while (isAlive(pid)) await turn()
  })

  it('has let go of the file when it is reset', async () => {
    const home = makeHome({ prepare: manyProjects(3) })
    const { engine, db, file } = startEngine(home)
    await scanAll(engine, home)
    db.close()
    databases.splice(databases.indexOf(db), 1)
    await engine.reset()
    // The last connection that closes folds the log in and removes it.
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  it.each([
    ['throws', 'the thread stumbled'],
    ['exits', 'ended with code 7'],
  ])('rejects the scan when a thread %s, and the next one works', async (name, message) => {
    const home = makeHome({
      prepare: (made) => {
        manyProjects(20)(made)
        made.write(`projects/${name}/.claude/skills/s/SKILL.md`, skill('s'))
      },
    })
    const scanner = new URL('../../../support/crashing-scanner.ts', import.meta.url)
    const { engine, db } = startEngine(home, { entries: { scanner, writer: writerProcess } })
    await expect(scanAll(engine, home)).rejects.toThrow(message)
    home.remove(`projects/${name}`)
    expect(await scanAll(engine, home)).toHaveLength(21)
    expect(db.valueSql("SELECT count(*) FROM artifacts WHERE type = 'command'")).toBe(20)
  })

  it('rejects what waits for a writer that dies', async () => {
    const home = makeHome()
    const { engine } = startEngine(home, {
      entries: { scanner: scannerThread, writer: new URL('file:///no/such.ts') },
    })
    await expect(engine.write('check', {})).rejects.toThrow('the writer process ended with code 1')
  })

  it('ends a scan under way on reset, and can be used again', async () => {
    const home = makeHome({ prepare: manyProjects(40) })
    const { engine } = startEngine(home)
    let reset: Promise<void> | null = null
    const scan = scanAll(engine, home, () => {
      reset ??= engine.reset()
    })
    await expect(scan).rejects.toMatchObject({ slug: 'cache.unavailable' })
    await reset
    expect(await scanAll(engine, home)).toHaveLength(41)
  })

  it('starts neither process nor threads once their files were replaced; what runs may write (L9)', async () => {
    const home = makeHome({ prepare: manyProjects(6) })
    let changed = false
    const { engine } = startEngine(home, { packageChanged: () => changed })
    expect(await engine.write('check', {})).toBeNull()
    changed = true
    expect(await engine.write('check', {})).toBeNull()
    const refused = { slug: 'daemon.restart_needed' }
    await expect(scanAll(engine, home)).rejects.toMatchObject(refused)
    await engine.reset()
    await expect(engine.write('check', {})).rejects.toMatchObject(refused)
    changed = false
    expect(await engine.write('check', {})).toBeNull()
  })

  it('refuses everything after close', async () => {
    const home = makeHome({ prepare: manyProjects(1) })
    const { engine } = startEngine(home)
    await scanAll(engine, home)
    await engine.close()
    await expect(engine.write('check', {})).rejects.toMatchObject({ slug: 'daemon.stopping' })
    await expect(engine.validate(home.home, 'portable')).rejects.toMatchObject({ slug: 'daemon.stopping' })
  })
})

describe('reads while the writer works (CACHE-1.5b, CACHE-2.1d, CACHE-2.5b)', () => {
  it('see each unit whole or not at all', async () => {
    const home = makeHome({
      prepare: ({ write }) => {
        for (let p = 0; p < 10; p++)
          for (let i = 0; i < 60; i++) write(`projects/p${p}/.claude/commands/c${i}.md`, `Do ${i}.`)
      },
    })
    const { engine, db } = startEngine(home)
    let over = false
    const scan = scanAll(engine, home).finally(() => {
      over = true
    })
    const seen = new Set<number>()
    while (!over) {
      for (const { n } of db.allSql<{ n: number }>('SELECT count(*) AS n FROM artifacts GROUP BY project_id'))
        seen.add(n)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await scan
    expect([...seen]).toEqual([60])
  })
})
