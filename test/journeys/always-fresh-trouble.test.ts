/**
 * What keeps a daemon from being fresh, and what it says of it then: settings that cannot be read, a kill in the middle
 * of a refresh, too few watches, a full disk. The built programs, in a home made from the corpus.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isAlive } from '../support/daemon.ts'
import { builtCli, createDemoBox, type DemoBox, type DemoBoxOptions } from '../support/demo-box.ts'
import { skill } from '../support/test-daemon.ts'
import { type WatchLine, type WatchProcess, watchProcess } from '../support/watch-process.ts'

const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function makeBox(options?: DemoBoxOptions): DemoBox {
  const box = createDemoBox(options)
  closing.push(box.dispose)
  return box
}

async function watch(box: DemoBox, ...topics: string[]): Promise<WatchProcess> {
  const watching = await box.watch(...topics)
  closing.push(() => watching.child.kill('SIGKILL'))
  return watching
}

type Warning = { code: string; text: string; fix: string }
const warnings = async (box: DemoBox): Promise<Warning[]> =>
  ((await box.json('status')).health as { warnings: Warning[] }).warnings

/** All artifacts as `smd list` shows them, without when they were read. */
const allOf = async (box: DemoBox): Promise<object[]> => {
  const items = (await box.json('list')).items as Array<{ id: string; updatedAt: string }>
  return items.map(({ updatedAt: _, ...item }) => item).sort((a, b) => (a.id < b.id ? -1 : 1))
}

const health =
  (...codes: string[]) =>
  ({ topic, data }: WatchLine): boolean =>
    topic === 'health.changed' && JSON.stringify(data?.warnings) === JSON.stringify(codes)

describe('config.toml edited by hand', () => {
  it('is in force at once; with a mistake in it the former settings stay, and that is said', async () => {
    const box = makeBox()
    const dir = box.addProject('projects/unwanted')
    const configure = (text: string): void => {
      box.write(`${box.paths.configFile}.next`, text)
      renameSync(`${box.paths.configFile}.next`, box.paths.configFile)
    }
    await box.smd('start')
    const told = await watch(box, 'projects', 'health')
    expect(await box.names('unwanted')).not.toEqual([])

    configure(`[projects]\nexclude = ["${dir}"]\n`)
    const { data } = await told.until(({ topic }) => topic === 'projects.changed')
    expect(data).toMatchObject({ path: dir, change: 'removed' })
    expect((await box.json('list --project unwanted')).error).toMatchObject({ slug: 'project.not_found' })

    configure('[projects]\nexclude = [\n')
    await told.until(health('config.invalid'))
    expect(await warnings(box)).toEqual([
      expect.objectContaining({
        code: 'config.invalid',
        text: expect.stringContaining(`${box.paths.configFile}:`),
        fix: expect.stringContaining('counts at once'),
      }),
    ])
    expect((await box.json('list --project unwanted')).error).toMatchObject({ slug: 'project.not_found' })

    configure('[projects]\nexclud = []\n')
    await told.until(health('config.unknown_key'))
    expect((await warnings(box))[0]?.text).toContain('did you mean projects.exclude?')
    configure('')
    await told.until(health())
    await box.smd('sync --wait')
    expect(await box.names('unwanted')).not.toEqual([])

    // By a command it is the same.
    await box.smd(['config', 'set', 'projects.exclude', dir])
    await box.smd('sync --wait')
    expect((await box.json('list --project unwanted')).error).toMatchObject({ slug: 'project.not_found' })
  })
})

describe('a daemon that is killed in the middle of a refresh (D2, D9)', () => {
  it('leaves nothing wrong behind: the next one has everything, and watchers are told that something is missing', async () => {
    const box = makeBox()
    await box.smd('start')
    const first = await watch(box, 'refresh', 'artifacts')
    const pid = box.daemonPid() ?? 0
    const { instance } = await box.json('status')
    const refresh = box.smd('cache refresh --force --json')
    await first.until(({ topic, data }) => topic === 'refresh.started' && data?.full === true)
    process.kill(pid, 'SIGKILL')
    await refresh
    expect(isAlive(pid)).toBe(false)
    const lost = await first.until(({ kind }) => kind === 'lost')
    expect(lost.error?.slug).toBe('daemon.unavailable')

    const dir = box.addProject('projects/meanwhile')
    await box.smd('start')
    await box.smd('sync --wait')
    expect(await first.until(({ kind }) => kind === 'gap')).toMatchObject({ reason: 'restarted', to: null })
    expect((await first.until(({ kind }) => kind === 'snapshot')).instance).not.toBe(instance)
    expect(await box.names('meanwhile')).not.toEqual([])
    const rows = await allOf(box)
    await box.smd('cache clear --yes')
    await box.smd('cache refresh --force')
    expect(rows).toEqual(await allOf(box))

    // A watcher that ends by itself goes on where it was.
    const { instance: now } = await box.json('status')
    box.write(join(dir, '.claude/skills/early/SKILL.md'), skill('early'))
    const early = await first.until(({ data }) => JSON.stringify(data ?? {}).includes('"early"'))
    first.child.kill('SIGKILL')
    box.write(join(dir, '.claude/skills/late/SKILL.md'), skill('late'))
    await box.smd('sync --wait')
    const second = watchProcess(box, ['--json', '--since', `${now}:${early.seq}`], { program: builtCli })
    closing.push(() => second.child.kill('SIGKILL'))
    let expected = early.seq ?? 0
    for (;;) {
      const line = await second.until(() => true)
      expect(line).toMatchObject({ kind: 'event', instance: now, seq: ++expected })
      if (JSON.stringify(line.data).includes('"late"')) break
    }
  })
})

const mayUnshare = (...what: string[]): boolean =>
  spawnSync('unshare', ['--user', '--map-root-user', ...what, 'true']).status === 0

describe('too few watches (P5)', () => {
  /** The warning names the sysctl, doctor shows it, and changes are found all the same. */
  async function expectScanned(box: DemoBox): Promise<void> {
    const told = await watch(box, 'artifacts', 'health')
    const [warning] = await warnings(box)
    expect(warning).toMatchObject({
      code: 'watch.limited',
      text: expect.stringMatching(/^\d+ of \d+ places are read every 1 seconds instead of being watched: /),
      fix: expect.stringContaining('fs.inotify.max_user_watches'),
    })
    const doctor = await box.smd('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain('fault  watch.limited: ')
    const dir = join(box.home, 'projects/limited')
    box.write(join(dir, '.claude/skills/late/SKILL.md'), skill('late'))
    const { data } = await told.until(
      ({ topic, data }) => topic === 'artifacts.changed' && data?.path === dir,
    )
    expect(data?.added).toMatchObject([{ name: 'late' }])
    box.write(join(dir, '.claude/skills/late/SKILL.md'), skill('late', 'Edited.'))
    const { result } = await box.json('sync --wait')
    expect((result as { scanned: number }).scanned).toBeGreaterThan(0)
    expect(await box.json('show late --project limited')).toMatchObject({ description: 'Edited.' })
  }

  it('because of watch.max_folders: what is beyond is read at intervals', async () => {
    const box = makeBox({ env: { SMD_WATCH_MAX_FOLDERS: '60', SMD_WATCH_SCAN_INTERVAL_SECONDS: '1' } })
    box.addProject('projects/limited')
    await box.smd('start')
    await expectScanned(box)
  })

  it.skipIf(!mayUnshare())('because the system grants no more', async () => {
    const box = makeBox({ env: { SMD_WATCH_SCAN_INTERVAL_SECONDS: '1' } })
    box.addProject('projects/limited')
    const script = 'echo 100 > /proc/sys/user/max_inotify_watches && exec "$@"'
    await box.smd('start', { within: ['unshare', '--user', '--map-root-user', 'sh', '-c', script, 'sh'] })
    await expectScanned(box)
  })
})

describe.skipIf(!mayUnshare('--mount'))('a full disk (CACHE-6.3c)', () => {
  it('pauses reading and is said; answers go on, and so does reading when there is room', async () => {
    const box = makeBox()
    const dir = box.addProject('projects/grows')
    mkdirSync(box.paths.dataDir, { recursive: true, mode: 0o700 })
    const script = 'mount -t tmpfs -o size=8m,mode=700 tmpfs "$0" && exec "$@"'
    const within = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, box.paths.dataDir]
    await box.smd('start', { within })
    const told = await watch(box, 'health')
    const names = await box.names('grows')
    // The folder as the daemon sees it
    const filler = join(`/proc/${box.daemonPid()}/root`, box.paths.dataDir, 'filler')
    expect(() => writeFileSync(filler, Buffer.alloc(16_000_000))).toThrow('ENOSPC')

    const skills = Array.from({ length: 100 }, (_, i) => `grown-${i}`)
    for (const name of skills)
      box.write(join(dir, '.claude/skills', name, 'SKILL.md'), skill(name, `${name} word`.repeat(200)))
    await told.until(health('cache.disk_full'))
    const sync = await box.smd('sync --wait')
    expect(sync).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Free some space') })
    expect((await box.smd('cache refresh')).code).toBe(1)
    expect(await warnings(box)).toMatchObject([{ code: 'cache.disk_full' }])
    expect(await box.names('grows')).toEqual(names)
    expect((await box.json('search word')).schema).toBe(1)

    rmSync(filler)
    expect(await box.smd('sync --wait')).toMatchObject({ code: 0 })
    await told.until(health())
    expect(await box.names('grows')).toEqual([...names, ...skills].sort())
  })
})
