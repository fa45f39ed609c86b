import { afterEach, describe, expect, it } from 'vitest'
import type { WatchesOptions } from '../../../../daemon/domains/cache/watches.ts'
import { readMetrics } from '../../../support/prometheus.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { type WatchedHome, watchHome } from '../../../support/watched-home.ts'

const start = useTestDaemon()
const open: WatchedHome[] = []
afterEach(async () => {
  for (const home of open.splice(0)) await home.close()
})

const daemonWithOneProject = (env: NodeJS.ProcessEnv = {}): Promise<TestDaemon> =>
  start({ env, prepare: ({ write }) => write('projects/shop/.claude/skills/a/SKILL.md', skill('a')) })

async function watched(daemon: TestDaemon, options: WatchesOptions = {}): Promise<WatchedHome> {
  const home = await watchHome(daemon, options)
  open.push(home)
  daemon.ctx.watches = home.watches
  return home
}

/** `smd_watch…` by name and labels. */
async function figures(daemon: TestDaemon): Promise<Record<string, number>> {
  const families = [...readMetrics((await daemon.call('daemon.metrics', {})).text)]
  const samples = families
    .filter(([name]) => name.startsWith('smd_watch'))
    .flatMap(([, each]) => each.samples)
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  )
}

describe('daemon.metrics about watching', () => {
  it('count folders, units, and the time of the start', async () => {
    const daemon = await daemonWithOneProject()
    const { watches, refs } = await watched(daemon)
    const { folders, startMs } = watches.state
    expect(folders).toBeGreaterThan(0)
    expect(await figures(daemon)).toEqual({
      smd_watched_folders: folders,
      'smd_watch_units watch': refs.length,
      'smd_watch_units scan': 0,
      smd_watch_start_seconds: (startMs as number) / 1_000,
    })
  })

  it('tell units that are read at intervals from those that are watched', async () => {
    const daemon = await daemonWithOneProject({ SMD_WATCH_MODE: 'scan' })
    const { refs } = await watched(daemon)
    expect(await figures(daemon)).toEqual({
      smd_watched_folders: 0,
      'smd_watch_units watch': 0,
      'smd_watch_units scan': refs.length,
    })
  })

  it('are zero where nothing is watched', async () => {
    const daemon = await daemonWithOneProject()
    expect(await figures(daemon)).toEqual({
      smd_watched_folders: 0,
      'smd_watch_units watch': 0,
      'smd_watch_units scan': 0,
    })
  })

  it('keep the time of the first start when everything is looked for once more', async () => {
    const daemon = await daemonWithOneProject()
    const { watches, refs } = await watched(daemon)
    const { startMs } = watches.state
    await watches.cover(refs, {}, { complete: true })
    expect(watches.state.startMs).toBe(startMs)
  })
})
