/** A cache.db that was damaged, deleted or replaced, anywhere and at any time (D2, D3). */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { writeSampleHome } from '../../client-cli/demo/sample-home.ts'
import { type ComposedDaemon, composeDaemon } from '../../daemon/compose.ts'
import { composeInline } from '../../daemon/compose-inline.ts'
import { findDamage } from '../../daemon/domains/cache/damage.ts'
import { cacheWrites } from '../../daemon/domains/cache/writes.ts'
import type { Database } from '../../daemon/kernel/db/database.ts'
import { openCache } from '../../daemon/kernel/db/integrity.ts'
import { openForReading, openForWriting } from '../../daemon/kernel/db/open.ts'
import { SmdError } from '../../protocol/errors.ts'
import { type MethodName, methods } from '../../protocol/methods.ts'
import { createRandom } from '../demo/random.ts'
import { makeTestHome, type TestHome } from '../support/test-daemon.ts'

const FLIPS = 200
/** What a user may ask, one of each kind of query. */
const questions: ReadonlyArray<[MethodName, object]> = [
  ['projects.list', { limit: 100 }],
  ['artifacts.list', { limit: 1_000 }],
  ['artifacts.list', { type: 'skill', sort: 'updated' }],
  ['artifacts.table', { limit: 1_000 }],
  ['artifacts.search', { query: 'review' }],
  ['artifacts.complete', { prefix: 'co' }],
  ['artifacts.show', { name: 'code-review', scope: 'project' }],
  ['artifacts.where', { name: 'code-review' }],
  ['projects.show', { project: 'webshop' }],
  ['marketplace.list', {}],
  ['cache.status', {}],
]

let home: TestHome
let file: string
let pristine: { db: Buffer; log: Buffer }
const running: ComposedDaemon[] = []

beforeAll(async () => {
  home = makeTestHome({ prepare: ({ home: folder }) => void writeSampleHome(folder) })
  file = home.around.paths.cacheDb
  const daemon = await composeDaemon(home.around)
  await daemon.dispatcher.call('cache.refresh', { force: true })
  await daemon.close()
  // What was written since the log was last folded in stands in the log, as after a kill.
  const writer = openForWriting(file)
  for (let i = 0; i < 20; i++) {
    cacheWrites.invalidate(writer, { id: null })
    cacheWrites.keepAnswer(writer, { key: `${i}`, requestHash: Buffer.alloc(32), result: '{}', at: i })
  }
  pristine = { db: readFileSync(file), log: readFileSync(`${file}-wal`) }
  writer.close()
  return () => rmSync(home.home, { recursive: true, force: true })
})
afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
})

async function start(): Promise<ComposedDaemon> {
  const daemon = await composeDaemon(home.around)
  running.push(daemon)
  return daemon
}
async function stop(daemon: ComposedDaemon): Promise<void> {
  running.splice(running.indexOf(daemon), 1)
  await daemon.close()
}
function lay({ db = pristine.db, log = null }: { db?: Buffer; log?: Buffer | null } = {}): void {
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  writeFileSync(file, db)
  if (log) writeFileSync(`${file}-wal`, log)
}
/** A place of each part of the file: every second byte of the header, and some of every page. */
function placesIn(size: number, count: number): number[] {
  const random = createRandom('places')
  const header = Array.from({ length: 50 }, (_, i) => i * 2)
  const rest = count - header.length
  return [
    ...header,
    ...Array.from({ length: rest }, (_, i) => Math.floor(((i + random.next()) * size) / rest)),
  ]
}
const flipped = (content: Buffer, at: number, bit: number): Buffer => {
  const copy = Buffer.from(content)
  copy[at] = (copy[at] ?? 0) ^ (1 << bit)
  return copy
}

type Answers = { failures: string[]; text: string }
/** Asks everything. A failure is an expected one, or an answer that has not the shape its schema says. */
async function ask(db: Database): Promise<Answers> {
  const { dispatcher } = await composeInline(home.around, db, { kind: 'file', path: file })
  const failures: string[] = []
  const texts: string[] = []
  for (const [name, params] of questions) {
    try {
      const result: unknown = await dispatcher.call(name, params as never)
      const shape = methods[name].result.safeParse(result)
      if (shape.error) failures.push(`${name}: ${shape.error.message}`)
      const { queries, hits, hitRate, sizeBytes, ...rest } = result as Record<string, unknown>
      texts.push(JSON.stringify(rest))
    } catch (error) {
      if (!(error instanceof SmdError)) throw error
      failures.push(`${name}: ${error.slug}`)
    }
  }
  return { failures, text: texts.join('\n') }
}

describe('a flipped bit in cache.db (D3)', () => {
  it('is found when the file is opened or checked, or harms no answer', async () => {
    lay()
    const clean = openForReading(file)
    const expected = await ask(clean)
    clean.close()
    expect(expected.failures).toEqual([])
    const counts = { opening: 0, checking: 0, harmless: 0, 'another letter': 0 }
    for (const [i, at] of placesIn(pristine.db.length, FLIPS).entries()) {
      lay({ db: flipped(pristine.db, at, i % 8) })
      const cache = openCache(file, `T${i}`)
      try {
        if (cache.setAside !== null || cache.newer !== null) {
          expect(cache.storage).toBe('file')
          expect(findDamage(cache.db), `bit ${i % 8} of byte ${at}`).toBeNull()
          counts.opening++
          continue
        }
        const answers = await ask(cache.db)
        if (damageOf(cache.db) !== null) counts.checking++
        else {
          expect(answers.failures, `bit ${i % 8} of byte ${at}`).toEqual([])
          counts[answers.text === expected.text ? 'harmless' : 'another letter']++
        }
      } finally {
        cache.db.close()
        if (cache.storage === 'memory') rmSync(dirname(cache.file), { recursive: true })
      }
    }
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(FLIPS)
    expect(counts.opening).toBeGreaterThan(0)
    expect(counts.checking).toBeGreaterThan(0)
  })

  it('in the log takes back what follows it and nothing else', () => {
    const { log } = pristine
    for (const [i, at] of placesIn(log.length, FLIPS).entries()) {
      lay({ log: flipped(log, at, i % 8) })
      const cache = openCache(file, `T${i}`)
      expect(cache, `byte ${at}`).toMatchObject({ storage: 'file', setAside: null, newer: null })
      expect(findDamage(cache.db), `byte ${at}`).toBeNull()
      const keys = cache.db.allSql<{ at: number }>('SELECT at FROM answers ORDER BY at')
      expect(keys, `byte ${at}`).toEqual(keys.map((_, n) => ({ at: n })))
      cache.db.close()
    }
  })

  it('never ends the daemon: it answers, finds the damage or not, and is whole after the next refresh', async () => {
    lay()
    const before = await listing(await start())
    for (const daemon of running.splice(0)) await daemon.close()
    for (const [i, at] of placesIn(pristine.db.length, 70)
      .filter((_, n) => n % 9 === 0)
      .entries()) {
      lay({ db: flipped(pristine.db, at, i % 8) })
      const daemon = await start()
      await daemon.dispatcher
        .call('artifacts.list', {})
        .catch((error) => expect(error).toBeInstanceOf(SmdError))
      await daemon.check().catch((error) => expect(error).toBeInstanceOf(SmdError))
      await daemon.dispatcher.call('cache.refresh', { force: true })
      expect((await listing(daemon)).total, `byte ${at}`).toBe(before.total)
      const codes = daemon.ctx.health.warnings.map(({ code }) => code)
      expect(['', 'cache.rebuilt', 'cache.newer'], `byte ${at}`).toContain(codes.join())
      await stop(daemon)
    }
  })
})

/** What the check says; a file that cannot even be read is damaged, too. */
function damageOf(db: Database): string | null {
  try {
    return findDamage(db)
  } catch (error) {
    if (error instanceof SmdError) return error.message
    throw error
  }
}

/** What the daemon knows, without what differs from one reading to the next. */
async function listing({ dispatcher }: ComposedDaemon) {
  const list = () => dispatcher.call('artifacts.list', { limit: 10_000 })
  // A long answer is made while it is sent: one that meets damage halfway breaks off, and is asked for again, as the
  // command line does. Meanwhile the damage is mended.
  const { items, total } = await list().catch((error) => {
    expect(error).toMatchObject({ slug: 'cache.unavailable', details: { problem: 'corrupt' } })
    return list()
  })
  const projects = await dispatcher.call('projects.list', {})
  return {
    total,
    items,
    projects: projects.items.map(({ lastFetchedAt: _, status: __, ...project }) => project),
  }
}

describe('a cache.db that is deleted or spoilt at any time (D2)', () => {
  const random = createRandom('lost')
  const harms: Record<string, () => void> = {
    deleted: () => rmSync(file, { force: true }),
    'deleted with its log': () => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    },
    'without its log': () => {
      for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
    },
    'cut short': () => existsSync(file) && truncateSync(file, random.int(0, pristine.db.length)),
    overwritten: () => {
      const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
      if (content.length > 0) {
        const at = random.int(0, content.length - 1)
        content.fill(0xa5, at, at + 10_000)
      }
      writeFileSync(file, content)
    },
    'longer than it was': () => appendFileSync(file, 'x'.repeat(random.int(1, 9_000))),
    'another one': () => copyFileSync(join(home.home, 'other.db'), file),
  }

  it.each(Object.keys(harms))(
    '%s: what is known is the same again, and no decision is lost',
    async (name) => {
      const harm = harms[name] as () => void
      openForWriting(join(home.home, 'other.db')).close()
      lay()
      let daemon = await start()
      await daemon.dispatcher.call('config.set', { key: 'cache.ttl_minutes', value: '77' })
      await daemon.dispatcher.call('cache.refresh', { force: true })
      const before = await listing(daemon)
      const decisions = readFileSync(home.around.paths.configFile)
      for (const moment of ['in use', 'while the disk is read', 'stopped'] as const) {
        if (moment === 'stopped') await stop(daemon)
        const reading =
          moment === 'while the disk is read'
            ? daemon.dispatcher.call('cache.refresh', { force: true })
            : null
        harm()
        await reading?.catch((error) => expect(error).toBeInstanceOf(SmdError))
        if (moment === 'stopped') daemon = await start()
        // What a kill would do: whoever comes next looks at the file anew.
        await daemon.check().catch((error) => expect(error).toBeInstanceOf(SmdError))
        await daemon.dispatcher.call('cache.refresh', { force: true })
        expect(await listing(daemon), moment).toEqual(before)
        expect(readFileSync(home.around.paths.configFile).equals(decisions)).toBe(true)
        expect(findDamage(daemon.ctx.db), moment).toBeNull()
      }
      await daemon.dispatcher.call('config.unset', { key: 'cache.ttl_minutes' })
    },
  )

  it('deleted under a running daemon: the next refresh notices and goes on with a new file', async () => {
    lay()
    const daemon = await start()
    await daemon.dispatcher.call('cache.refresh', { force: true })
    const before = await listing(daemon)
    rmSync(file)
    expect(await listing(daemon)).toEqual(before)
    const path = home.write('projects/webshop/.claude/skills/new-one/SKILL.md', '---\nname: new-one\n---\n')
    await daemon.dispatcher.call('cache.refresh', { force: true })
    expect((await listing(daemon)).total).toBe(before.total + 1)
    expect(existsSync(file)).toBe(true)
    rmSync(dirname(path), { recursive: true })
  })
})
