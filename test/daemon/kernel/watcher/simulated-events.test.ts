/** The folder watcher with events that are made up, over real folders (CACHE-2.3h). */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Folder } from '../../../../daemon/kernel/watcher/folder.ts'
import { FolderWatcher } from '../../../../daemon/kernel/watcher/folder-watcher.ts'
import type { RawListener } from '../../../../daemon/kernel/watcher/raw-source.ts'
import { everything } from '../../../../daemon/kernel/watcher/rule.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

const all = everything(new Set())
const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function simulated(queuedEvents = 100) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-watch-')))
  dirs.push(dir)
  mkdirSync(join(dir, 'skills/a'), { recursive: true })
  const clock = fakeClock()
  const open: Array<{ path: string; folder: Folder }> = []
  const told: string[] = []
  let overflows = 0
  let listener: RawListener<Folder> = () => {}
  const watcher = new FolderWatcher(
    {
      changed: (_, folder, name) => told.push(join(folder, name).slice(dir.length + 1)),
      overflowed: () => overflows++,
      failed: () => {},
      unreadable: () => {},
    },
    {
      clock,
      limits: { watches: 1_000, queuedEvents },
      source: (given) => {
        listener = given
        return {
          watch(path, folder) {
            const watch = { path, folder }
            open.push(watch)
            return { close: () => void open.splice(open.indexOf(watch), 1) }
          },
        }
      },
    },
  )
  watcher.set(1, [{ path: join(dir, 'skills'), rule: all }])
  clock.turn()
  return {
    dir,
    clock,
    watcher,
    told,
    watched: () =>
      open
        .map(({ path }) => path)
        .filter((path) => path.startsWith(`${dir}/`))
        .map((path) => path.slice(dir.length + 1))
        .sort(),
    overflows: () => overflows,
    event(path: string, event: 'rename' | 'change', name: string | null) {
      const { folder } = open.find((each) => each.path === join(dir, path)) as { folder: Folder }
      listener(folder, event, name)
    },
  }
}

describe('setting watches', () => {
  it('gives way to everything else after 8 ms', () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'smd-watch-')))
    dirs.push(dir)
    for (let i = 0; i < 100; i++) mkdirSync(join(dir, String(i)))
    const clock = fakeClock()
    // Each look at the clock is a millisecond later than the one before
    let looks = 0
    let turns = 0
    let inTurn = 0
    let most = 0
    const watcher = new FolderWatcher(
      { changed: () => {}, overflowed: () => {}, failed: () => {}, unreadable: () => {} },
      {
        clock: {
          ...clock,
          now: () => looks++,
          soon: (then) =>
            clock.soon(() => {
              turns++
              inTurn = 0
              then()
            }),
        },
        limits: { watches: 1_000, queuedEvents: 1_000 },
        source: () => ({
          watch() {
            most = Math.max(most, ++inTurn)
            return { close: () => {} }
          },
        }),
      },
    )
    watcher.set(1, [{ path: dir, rule: all }])
    clock.turn()
    expect(watcher.folders).toBeGreaterThan(100)
    expect(most).toBeLessThanOrEqual(8)
    expect(turns).toBeGreaterThan(100 / 8)
  })
})

describe('the folder watcher, told of made-up events', () => {
  it('passes them on at once and watches what they tell of a turn later', () => {
    const w = simulated()
    expect(w.watched()).toEqual(['skills', 'skills/a'])
    mkdirSync(join(w.dir, 'skills/b/c'), { recursive: true })
    w.event('skills', 'rename', 'b')
    expect(w.told).toEqual(['skills/b'])
    expect(w.watched()).toEqual(['skills', 'skills/a'])
    w.clock.turn()
    expect(w.watched()).toEqual(['skills', 'skills/a', 'skills/b', 'skills/b/c'])
    expect(w.told).toContain('skills/b/c')
  })

  it('looks once at what it is told of many times', () => {
    const w = simulated()
    for (let i = 0; i < 10; i++) w.event('skills', 'rename', 'a')
    w.clock.turn()
    expect(w.watched()).toEqual(['skills', 'skills/a'])
  })

  it('heeds no event of a folder it has left', () => {
    const w = simulated()
    rmSync(join(w.dir, 'skills/a'), { recursive: true })
    w.event('skills', 'rename', 'a')
    w.event('skills/a', 'rename', 'a')
    w.clock.turn()
    expect(w.watched()).toEqual(['skills'])
  })

  it('finds a folder that lost its watch', () => {
    const w = simulated()
    w.event('skills/a', 'rename', null)
    writeFileSync(join(w.dir, 'skills/a/file'), '')
    w.clock.turn()
    expect(w.watched()).toEqual(['skills', 'skills/a'])
    expect(w.told).toContain('skills/a/file')
  })

  it.each([
    [24, 0],
    [25, 1],
  ])('of %i events in one turn, with a queue of 100, assumes %i overflows', (events, overflows) => {
    const w = simulated(100)
    for (let i = 0; i < events; i++) w.event('skills/a', 'change', 'SKILL.md')
    w.clock.turn()
    expect(w.overflows()).toBe(overflows)
    // In another turn they count anew
    for (let i = 0; i < 24; i++) w.event('skills/a', 'change', 'SKILL.md')
    w.clock.turn()
    expect(w.overflows()).toBe(overflows)
  })

  it('after an overflow finds folders that came and went unseen', () => {
    const w = simulated(100)
    mkdirSync(join(w.dir, 'skills/unseen/deep'), { recursive: true })
    rmSync(join(w.dir, 'skills/a'), { recursive: true })
    for (let i = 0; i < 25; i++) w.event('skills', 'change', 'x')
    w.clock.turn()
    expect(w.watched()).toEqual(['skills', 'skills/unseen', 'skills/unseen/deep'])
  })
})
