/** The start of the daemon: many at once, stubs in its place, starts that fail again and again. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { StartFailure } from '../../daemon/kernel/service/start-failures.ts'
import { createSandbox, type RunResult, type Sandbox } from '../support/daemon.ts'
import { logged, preloaded, startProcess } from '../support/daemon-process.ts'
import { type Installed, install } from '../support/installed.ts'

/** Whole size: `npm run test:races`. */
const CLIENTS = Number(process.env.SMD_TEST_CLIENTS ?? 12)
const ROUNDS = Number(process.env.SMD_TEST_ROUNDS ?? 2)
const KILLS = Number(process.env.SMD_TEST_KILLS ?? 8)

let box: Sandbox
let smd: Installed
beforeAll(() => {
  smd = install('0.1.0')
})
afterAll(() => smd.dispose())
beforeEach(() => {
  box = createSandbox()
})
afterEach(() => box.dispose())

const run = (words: string): Promise<RunResult> => box.smd(words, { cli: smd.cli })
const json = (words: string): Promise<Record<string, never>> => box.json(words, { cli: smd.cli }) as never

describe('many clients that find no daemon (L1)', () => {
  it(
    `all get their answer from one daemon: ${CLIENTS} at once, ${ROUNDS} times`,
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const cold = createSandbox()
        try {
          const answers = await Promise.all(
            Array.from({ length: CLIENTS }, () => cold.smd('start --json', { cli: smd.cli })),
          )
          const failed = answers.filter(({ code }) => code !== 0)
          expect(failed, `round ${round}`).toEqual([])
          const instances = new Set(answers.map(({ stdout }) => JSON.parse(stdout).instance))
          expect(instances.size, `round ${round}`).toBe(1)
          expect(logged(cold, 'serving'), `round ${round}`).toHaveLength(1)
          const started = answers.filter(({ stdout }) => JSON.parse(stdout).started)
          expect(started.length, `round ${round}`).toBeLessThanOrEqual(1)
        } finally {
          await cold.dispose()
        }
      }
    },
    ROUNDS * 120_000,
  )
})

describe('a kill at any moment (L3)', () => {
  it(
    `never keeps the next command from its answer: ${KILLS} times`,
    async () => {
      for (let i = 0; i < KILLS; i++) {
        const { child, ended } = await startProcess(box)
        // From before the first scan to after it; the moments differ from run to run, as in life.
        await wait((i % 8) * 40)
        child.kill('SIGKILL')
        await ended
        const lost = (['socket', 'lockFile', 'registrationFile'] as const).filter((_, bit) => i & (1 << bit))
        for (const name of lost) rmSync(box.paths[name], { force: true })
        expect(await json('list --limit 1'), `kill ${i}, without ${lost}`).toMatchObject({ total: 32 })
        await run('stop')
      }
    },
    60_000 + KILLS * 10_000,
  )
})

describe('something else that listens on the socket (L3)', () => {
  it.each([
    ['talks otherwise', (client: Socket) => client.write('220 mail.example.com ESMTP\r\n')],
    ['hangs up', (client: Socket) => client.end()],
  ])('gives way to smd start when it %s', async (_, talk) => {
    mkdirSync(box.paths.runtimeDir, { recursive: true, mode: 0o700 })
    const stranger = createServer((client) => {
      client.on('error', () => client.destroy())
      talk(client)
    })
    await new Promise<void>((resolve) => stranger.listen(box.paths.socket, resolve))
    try {
      const { code, stderr } = await run('list')
      expect(code).toBe(1)
      expect(stderr).toContain('Start it with: smd start')
      expect(await json('start')).toMatchObject({ started: true, artifacts: 32 })
      expect(await json('list --limit 1')).toMatchObject({ total: 32 })
    } finally {
      stranger.close()
    }
  })
})

describe('something else in the place of the daemon (L2)', () => {
  let broken: Installed
  beforeEach(() => {
    broken = install('0.1.0')
  })
  afterEach(() => broken.dispose())

  it.each([
    [
      'exits at once',
      'console.error("no luck"); process.exit(1)',
      /^The daemon did not start: it ended at once; its log ends with:\nno luck\./,
    ],
    ['is killed by its own mistake', 'process.abort()', /it ended at once/],
    [
      'talks nonsense',
      'require("node:fs").writeSync(3, "220 mail.example.com ESMTP\\n")',
      /it said something that is no report: 220 mail\.example\.com ESMTP/,
    ],
    [
      'reports nothing that makes sense',
      'require("node:fs").writeSync(3, "{\\"ready\\":7}\\n"); setInterval(() => 0, 1000).unref()',
      /it said something that is no report/,
    ],
    [
      'hangs',
      'require("node:fs").writeFileSync(process.env.SMD_HOME + "/stub", String(process.pid)); setInterval(() => 0, 1000)',
      /it did not answer within 5 s \(pid \d+\)/,
    ],
  ])('is reported with its reason when it %s', async (_, program, reason) => {
    broken.replaceDaemon(program)
    const { code, stdout, stderr } = await box.smd('list', { cli: broken.cli })
    const stub = `${box.env.SMD_HOME}/stub`
    if (existsSync(stub)) process.kill(Number(readFileSync(stub, 'utf8')), 'SIGKILL')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(reason)
  })
})

describe('starts that fail again and again (L10)', () => {
  /** Makes every start fail: a file where the folder of the socket should be. */
  const poison = (): void => {
    mkdirSync(dirname(box.paths.runtimeDir), { recursive: true, mode: 0o700 })
    writeFileSync(box.paths.runtimeDir, '')
  }
  const failures = (): StartFailure[] =>
    JSON.parse(readFileSync(box.paths.startFailuresFile, 'utf8')).failures

  it('are tried four times and no more, until somebody wants it', async () => {
    poison()
    for (let i = 0; i < 4; i++) expect((await run('projects list')).code).toBe(5)
    const fourth = failures()
    expect(fourth).toHaveLength(4)

    const held = await run('cache refresh')
    expect(held).toMatchObject({ code: 1, stdout: '' })
    expect(held.stderr).toMatch(
      /^The daemon failed to start 4 times within a minute, so it is not tried again before \d\d:\d\d:\d\d\. Last time: The folder .* is not safe: it is not a folder\.\nMend that, then: smd start\n$/,
    )
    expect(await json('cache refresh')).toMatchObject({ error: { slug: 'daemon.crash_loop' } })
    expect(failures(), 'nothing was started').toEqual(fourth)

    const status = await run('status')
    expect(status).toMatchObject({ code: 1, stdout: '' })
    expect(status.stderr).toContain('commands do not start it for some minutes: The folder')
    expect(await json('status')).toMatchObject({
      error: { slug: 'daemon.unavailable', details: { lastError: fourth[3]?.message } },
    })

    expect((await run('start')).code, 'tried, because somebody wants it').toBe(5)
    expect(failures()).toHaveLength(1)
    rmSync(box.paths.runtimeDir)
    expect(await json('list --limit 1')).toMatchObject({ total: 32 })
    expect((await run('status')).code).toBe(0)
  })

  it('leave queries with what the cache knows', async () => {
    await run('start')
    await run('stop')
    rmSync(box.paths.runtimeDir, { recursive: true })
    poison()
    for (let i = 0; i < 4; i++) await run('list')
    const list = await run('list --limit 1')
    expect(list.code).toBe(0)
    expect(list.stdout).toContain('accessibility-check')
    expect(list.stderr).toContain('The daemon failed to start 4 times within a minute')
    expect(list.stderr).toContain('Read from the cache of')
  })

  it('count a daemon that dies of a bug, and not one that somebody killed', async () => {
    const { child, ended } = await startProcess(box, preloaded('wedge', { SMD_TEST_WEDGE: 'bug' }))
    child.kill('SIGUSR2')
    expect(await ended).toBe(70)
    expect(failures().map(({ message }) => message)).toEqual(['a bug'])
    expect((await run('status')).stderr).toMatch(/it failed: a bug\.\nStart it with: smd start\n$/)
    const second = await startProcess(box)
    second.child.kill('SIGKILL')
    await second.ended
    expect(failures()).toHaveLength(1)
  })

  it.each([
    ['a config.toml that cannot be read as one', () => writeFileSync(box.paths.configFile, '[[[')],
    ['a cache.db of another program', () => writeFileSync(box.paths.cacheDb, 'x'.repeat(10_000))],
    ['a damaged record of failures', () => writeFileSync(box.paths.startFailuresFile, '{"failures":')],
    ['a registration that says nothing', () => writeFileSync(box.paths.registrationFile, '{"pid":1}')],
  ])('do not come of %s: the daemon serves all the same', async (_, harm) => {
    for (const file of [box.paths.configFile, box.paths.cacheDb, box.paths.registrationFile])
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    chmodSync(dirname(box.paths.stateDir), 0o700)
    harm()
    expect(await json('list --limit 1')).toMatchObject({ total: 32 })
  })
})
