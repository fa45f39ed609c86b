/** The other way to watch, on this system: it stands for macOS and Windows, where it is used. */
import { appendFileSync, renameSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ChokidarWatcher } from '../../../../daemon/kernel/watcher/chokidar-watcher.ts'
import { everything, leaf, RuleTree } from '../../../../daemon/kernel/watcher/rule.ts'
import { useWatchedFolder, type Watched } from '../../../support/watched-folder.ts'

const start = useWatchedFolder()
const all = everything(new Set(['node_modules']))
const chokidar = import('chokidar')

const watcher = (budget = Number.POSITIVE_INFINITY) => ({
  watcher: (listener: ConstructorParameters<typeof ChokidarWatcher>[0]) =>
    new ChokidarWatcher(listener, { chokidar, budget: () => budget }),
})

/** Resolves when this was told; chokidar tells the events of different folders in no order. */
async function until(w: Watched, line: string): Promise<string[]> {
  const told = new Set<string>()
  while (!told.has(line)) {
    for (const each of await w.news()) told.add(each)
    await new Promise((done) => setImmediate(done))
  }
  return [...told].sort()
}

describe('watching with chokidar', () => {
  it('tells of files that are written, saved, moved and deleted', async () => {
    const w = await start(watcher())
    w.write('skills/a/SKILL.md')
    w.watcher.set(1, [{ path: w.at('skills'), rule: all }])
    await w.watcher.ready()
    appendFileSync(w.at('skills/a/SKILL.md'), 'x')
    await until(w, '1 skills/a/SKILL.md')
    w.write('skills/a/.new', 'y')
    renameSync(w.at('skills/a/.new'), w.at('skills/a/SKILL.md'))
    await until(w, '1 skills/a/SKILL.md')
    w.write('skills/b/deep/file.md')
    await until(w, '1 skills/b/deep/file.md')
    rmSync(w.at('skills/a'), { recursive: true })
    await until(w, '1 skills/a')
  })

  it('waits for a place that is not there, and leaves out what its rule does not name', async () => {
    const w = await start(watcher())
    const rule = new RuleTree().add('CLAUDE.md', leaf).add('.claude/skills', all).rule()
    w.watcher.set(1, [{ path: w.at('project'), rule }])
    await w.watcher.ready()
    w.write('project/README.md')
    w.write('project/src/main.ts')
    w.write('project/.claude/skills/a/node_modules/x.js')
    w.write('project/CLAUDE.md')
    const told = await until(w, '1 project/CLAUDE.md')
    expect(told).not.toContain('1 project/README.md')
    expect(told.join()).not.toMatch(/src|node_modules/)
  })

  it('tells no more of an owner that was removed', async () => {
    const w = await start(watcher())
    w.write('skills/a')
    w.watcher.set(1, [{ path: w.at('skills'), rule: all }])
    w.watcher.set(2, [{ path: w.at('skills'), rule: all }])
    await w.watcher.ready()
    w.watcher.remove(1)
    appendFileSync(w.at('skills/a'), 'x')
    expect(await until(w, '2 skills/a')).toEqual(['2 skills/a'])
  })

  it('gives up an owner beyond the budget', async () => {
    const w = await start(watcher(6))
    for (let i = 0; i < 20; i++) w.mkdir(`large/${i}`)
    w.watcher.set(2, [{ path: w.at('large'), rule: all }])
    await w.watcher.ready()
    expect(w.failures).toEqual([{ owner: 2, trouble: 'limit', detail: 'budget' }])
  })

  it('gives up its owners when it cannot be loaded', async () => {
    const broken = Promise.reject(new Error('no such file'))
    const w = await start({
      watcher: (listener) => new ChokidarWatcher(listener, { chokidar: broken, budget: () => 10 }),
    })
    w.watcher.set(2, [{ path: w.dir, rule: all }])
    await w.watcher.ready()
    expect(w.failures).toContainEqual({ owner: 2, trouble: 'system', detail: 'Error: no such file' })
  })
})
