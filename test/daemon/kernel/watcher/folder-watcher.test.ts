import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inotifySource } from '../../../../daemon/kernel/watcher/raw-source.ts'
import { everything, followingLinks, leaf, RuleTree } from '../../../../daemon/kernel/watcher/rule.ts'
import { useWatchedFolder, type Watched } from '../../../support/watched-folder.ts'

const start = useWatchedFolder()
const all = everything(new Set(['node_modules']))
const skills = followingLinks(all, 2, 'skill.md')

/** Watches `path` for everything, as owner 1, and starts from silence. */
async function watching(watched: Watched, path = 'skills', rule = all): Promise<void> {
  watched.watcher.set(1, [{ path: watched.at(path), rule }])
  await watched.watcher.ready()
  await watched.news()
}

describe('a folder watcher', () => {
  it('tells of files that are written, changed, moved and deleted', async () => {
    const w = await start()
    w.write('skills/a/SKILL.md')
    await watching(w)
    w.write('skills/a/new.md')
    expect(await w.news()).toEqual(['1 skills/a/new.md'])
    appendFileSync(w.at('skills/a/SKILL.md'), 'more')
    expect(await w.news()).toEqual(['1 skills/a/SKILL.md'])
    renameSync(w.at('skills/a/new.md'), w.at('skills/a/old.md'))
    expect(await w.news()).toEqual(['1 skills/a/new.md', '1 skills/a/old.md'])
    unlinkSync(w.at('skills/a/old.md'))
    expect(await w.news()).toEqual(['1 skills/a/old.md'])
  })

  it('takes one watch per folder, not per file', async () => {
    const w = await start()
    const before = w.watcher.folders
    for (let i = 0; i < 50; i++) w.write(`skills/a/file-${i}`)
    w.mkdir('skills/b')
    await watching(w)
    // files, skills, a and b; what lies above is watched for the cookies already
    expect(w.watcher.folders - before).toBe(4)
    w.watcher.remove(1)
    expect(w.watcher.folders).toBe(before)
  })

  it.each(['vim', 'vscode', 'truncate'])('tells of a file saved the way of %s', async (editor) => {
    const w = await start()
    w.write('skills/a/SKILL.md', 'old')
    await watching(w)
    const file = w.at('skills/a/SKILL.md')
    if (editor === 'vim') {
      renameSync(file, `${file}~`)
      writeFileSync(file, 'new')
      unlinkSync(`${file}~`)
    } else if (editor === 'vscode') {
      writeFileSync(`${file}.tmp`, 'new')
      renameSync(`${file}.tmp`, file)
    } else writeFileSync(file, 'new')
    expect(await w.news()).toContain('1 skills/a/SKILL.md')
    appendFileSync(file, 'again')
    expect(await w.news()).toEqual(['1 skills/a/SKILL.md'])
    expect(readFileSync(file, 'utf8')).toBe('newagain')
  })

  it('watches folders that appear, with what was put into them before the watch was there', async () => {
    const w = await start()
    w.mkdir('skills')
    await watching(w)
    for (let i = 0; i < 40; i++) w.write(`skills/s${i}/deep/er/file.md`)
    const news = await w.news()
    expect(news.filter((line) => line.endsWith('/file.md'))).toHaveLength(40)
    appendFileSync(w.at('skills/s39/deep/er/file.md'), 'x')
    expect(await w.news()).toEqual(['1 skills/s39/deep/er/file.md'])
  })

  it('leaves out what its rule does not name', async () => {
    const w = await start()
    const rule = new RuleTree().add('CLAUDE.md', leaf).add('.claude/skills', all).rule()
    w.write('project/.claude/other/file')
    w.write('project/src/main.ts')
    await watching(w, 'project', rule)
    const folders = w.watcher.folders
    w.write('project/src/main.ts', 'x')
    w.write('project/README.md')
    w.write('project/.claude/other/file', 'x')
    w.mkdir('project/lib')
    expect(await w.news()).toEqual([])
    expect(w.watcher.folders).toBe(folders)
    w.write('project/CLAUDE.md')
    w.write('project/.claude/skills/a/node_modules/x.js')
    expect(await w.news()).toEqual([
      '1 project/.claude/skills',
      '1 project/.claude/skills/a',
      '1 project/CLAUDE.md',
    ])
  })

  it('follows a folder that is moved, and what takes its place', async () => {
    const w = await start()
    w.write('skills/a/SKILL.md')
    w.write('skills/b/SKILL.md')
    await watching(w)
    renameSync(w.at('skills/a'), w.at('skills/c'))
    renameSync(w.at('skills/b'), w.at('skills/a'))
    expect(await w.news()).toEqual(
      expect.arrayContaining(['1 skills/a', '1 skills/b', '1 skills/c', '1 skills/c/SKILL.md']),
    )
    appendFileSync(w.at('skills/a/SKILL.md'), 'x')
    expect(await w.news()).toEqual(['1 skills/a/SKILL.md'])
    appendFileSync(w.at('skills/c/SKILL.md'), 'x')
    expect(await w.news()).toEqual(['1 skills/c/SKILL.md'])
  })

  it('stops to watch what was moved out, and watches what was moved in', async () => {
    const w = await start()
    w.write('skills/a/SKILL.md')
    w.write('elsewhere/b/SKILL.md')
    await watching(w)
    renameSync(w.at('skills/a'), w.at('elsewhere/a'))
    renameSync(w.at('elsewhere/b'), w.at('skills/b'))
    expect(await w.news()).toEqual(
      expect.arrayContaining(['1 skills/a', '1 skills/b', '1 skills/b/SKILL.md']),
    )
    appendFileSync(w.at('elsewhere/a/SKILL.md'), 'x')
    appendFileSync(w.at('skills/b/SKILL.md'), 'x')
    expect(await w.news()).toEqual(['1 skills/b/SKILL.md'])
  })

  it.each(['skills', 'project/.claude/skills'])(
    'watches %s again after it was deleted and made anew',
    async (path) => {
      const w = await start()
      w.write(`${path}/a/SKILL.md`)
      await watching(w, path)
      rmSync(w.at(path.split('/')[0] as string), { recursive: true })
      expect((await w.news()).length).toBeGreaterThan(0)
      w.write(`${path}/a/SKILL.md`)
      expect(await w.news()).toContain(`1 ${path}/a/SKILL.md`)
      appendFileSync(w.at(`${path}/a/SKILL.md`), 'x')
      expect(await w.news()).toEqual([`1 ${path}/a/SKILL.md`])
    },
  )

  it('notices that a folder far above was moved away and came back', async () => {
    const w = await start()
    w.write('top/mid/skills/SKILL.md')
    await watching(w, 'top/mid/skills')
    renameSync(w.at('top'), w.at('away'))
    expect(await w.news()).toEqual(['1 top'])
    appendFileSync(w.at('away/mid/skills/SKILL.md'), 'x')
    expect(await w.news()).toEqual([])
    renameSync(w.at('away'), w.at('top'))
    expect(await w.news()).toContain('1 top/mid/skills/SKILL.md')
    appendFileSync(w.at('top/mid/skills/SKILL.md'), 'x')
    expect(await w.news()).toEqual(['1 top/mid/skills/SKILL.md'])
  })

  it('waits for a place that is not there yet', async () => {
    const w = await start()
    await watching(w, 'not/yet/here')
    w.write('not/yet/other')
    w.write('not/yet/here/file')
    expect(await w.news()).toEqual(expect.arrayContaining(['1 not', '1 not/yet', '1 not/yet/here/file']))
  })

  it('replaces what an owner wants to know of', async () => {
    const w = await start()
    w.write('one/a')
    w.write('two/a')
    await watching(w, 'one')
    await watching(w, 'two')
    w.write('one/a', 'x')
    w.write('two/a', 'x')
    expect(await w.news()).toEqual(['1 two/a'])
  })

  it('tells each owner of a folder that both want', async () => {
    const w = await start()
    w.write('shared/a')
    await watching(w, 'shared')
    w.watcher.set(2, [{ path: w.at('shared'), rule: all }])
    await w.watcher.ready()
    w.write('shared/a', 'x')
    expect(await w.news()).toEqual(['1 shared/a', '2 shared/a'])
    w.watcher.remove(1)
    w.write('shared/a', 'y')
    expect(await w.news()).toEqual(['2 shared/a'])
  })

  it('leaves no handle behind', async () => {
    const w = await start()
    w.write('skills/a/b/c')
    await watching(w)
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((each) => each.startsWith('FSEvent')).length
    await w.watcher.close()
    w.write('skills/a/b/c', 'x')
    expect(w.watcher.folders).toBe(0)
    expect(handles()).toBe(0)
  })
})

describe('links', () => {
  it('to folders of skills are followed, hop by hop', async () => {
    const w = await start()
    w.write('store/real/SKILL.md')
    symlinkSync(w.at('store/real'), w.at('hop'))
    w.mkdir('skills')
    symlinkSync('../hop', w.at('skills/linked'))
    await watching(w, 'skills', skills)
    w.write('store/real/SKILL.md', 'x')
    expect(await w.news()).toEqual(['1 store/real/SKILL.md'])
    unlinkSync(w.at('hop'))
    w.write('store/other/SKILL.md')
    symlinkSync(w.at('store/other'), w.at('hop'))
    expect(await w.news()).toContain('1 hop')
    w.write('store/real/SKILL.md', 'y')
    w.write('store/other/SKILL.md', 'y')
    expect(await w.news()).toEqual(['1 store/other/SKILL.md'])
  })

  it('that are swapped lead to the new folder at once', async () => {
    const w = await start()
    for (const name of ['v1', 'v2']) w.write(`${name}/SKILL.md`)
    w.mkdir('skills')
    symlinkSync(w.at('v1'), w.at('skills/current'))
    await watching(w, 'skills', skills)
    symlinkSync(w.at('v2'), w.at('skills/next'))
    renameSync(w.at('skills/next'), w.at('skills/current'))
    await w.news()
    w.write('v1/SKILL.md', 'x')
    w.write('v2/SKILL.md', 'x')
    expect(await w.news()).toEqual(['1 v2/SKILL.md'])
    unlinkSync(w.at('skills/current'))
    await w.news()
    const folders = w.watcher.folders
    w.write('v2/SKILL.md', 'y')
    expect(await w.news()).toEqual([])
    expect(w.watcher.folders).toBe(folders)
  })

  it('to files tell of their target, also when it is made later', async () => {
    const w = await start()
    w.write('AGENTS.md')
    w.mkdir('project')
    symlinkSync('../AGENTS.md', w.at('project/CLAUDE.md'))
    symlinkSync(w.at('later/file.md'), w.at('project/LATER.md'))
    await watching(w, 'project', all)
    w.write('AGENTS.md', 'x')
    expect(await w.news()).toEqual(['1 AGENTS.md'])
    w.write('later/file.md')
    expect(await w.news()).toContain('1 later/file.md')
  })

  it('inside of a skill, or back to where they lie, are not entered', async () => {
    const w = await start()
    w.write('big/deep/file')
    w.write('skills/a/SKILL.md')
    symlinkSync(w.at('big'), w.at('skills/a/data'))
    symlinkSync('..', w.at('skills/self'))
    symlinkSync('loop', w.at('skills/loop'))
    const before = w.watcher.folders
    await watching(w, 'skills', skills)
    expect(w.watcher.folders - before).toBe(3)
    w.write('big/deep/file', 'x')
    w.write('other', 'x')
    expect(await w.news()).toEqual([])
  })

  it('in a group of skills are followed as soon as it is one', async () => {
    const w = await start()
    w.write('big/file')
    w.write('skills/a/SKILL.md')
    symlinkSync(w.at('big'), w.at('skills/a/member'))
    await watching(w, 'skills', skills)
    unlinkSync(w.at('skills/a/SKILL.md'))
    await w.news()
    w.write('big/file', 'x')
    expect(await w.news()).toEqual(['1 big/file'])
  })

  it('on the way to a place are followed', async () => {
    const w = await start()
    w.write('dotfiles/claude/skills/a')
    w.mkdir('home')
    symlinkSync('../dotfiles/claude', w.at('home/.claude'))
    await watching(w, 'home/.claude/skills')
    w.write('dotfiles/claude/skills/a', 'x')
    expect(await w.news()).toEqual(['1 dotfiles/claude/skills/a'])
    renameSync(w.at('dotfiles/claude'), w.at('dotfiles/old'))
    w.write('dotfiles/claude/skills/b')
    expect(await w.news()).toContain('1 dotfiles/claude/skills/b')
  })
})

describe('limits', () => {
  it('beyond its budget gives up the owner that asks for more, and keeps the others', async () => {
    let budget = Number.POSITIVE_INFINITY
    const w = await start({ budget: () => budget })
    w.write('small/a/file')
    await watching(w, 'small')
    const before = w.watcher.folders
    budget = before + 5
    for (let i = 0; i < 20; i++) w.mkdir(`large/${i}`)
    await w.news()
    w.watcher.set(2, [{ path: w.at('large'), rule: all }])
    await w.watcher.ready()
    expect(w.failures).toEqual([{ owner: 2, trouble: 'limit', detail: 'budget' }])
    expect(w.watcher.folders).toBe(before)
    w.write('small/a/file', 'x')
    expect(await w.news()).toEqual(['1 small/a/file'])
  })

  it('gives up an owner whose new folders are too many', async () => {
    let budget = Number.POSITIVE_INFINITY
    const w = await start({ budget: () => budget })
    w.mkdir('skills')
    await watching(w)
    budget = w.watcher.folders + 3
    for (let i = 0; i < 10; i++) w.mkdir(`skills/${i}`)
    await w.news()
    expect(w.failures).toEqual([{ owner: 1, trouble: 'limit', detail: 'budget' }])
  })

  it.each(['ENOSPC', 'EMFILE'])('gives up the owner when the system says %s', async (code) => {
    const w = await start({
      source: (listener) => {
        const real = inotifySource(listener)
        return {
          watch(path, folder) {
            if (path.includes('/refused')) throw Object.assign(new Error(code), { code })
            return real.watch(path, folder)
          },
        }
      },
    })
    w.mkdir('skills/refused')
    w.mkdir('other')
    await watching(w, 'other')
    w.watcher.set(2, [{ path: w.at('skills'), rule: all }])
    await w.watcher.ready()
    expect(w.failures).toEqual([{ owner: 2, trouble: 'limit', detail: code }])
    w.write('other/file')
    expect(await w.news()).toEqual(['1 other/file'])
  })

  it('watches the folders nearest to a place first where it has a limit, without a word', async () => {
    const w = await start()
    for (const path of ['a/x/y', 'b/x/y', 'c/x/y']) w.mkdir(path)
    const limit = { most: 5, folders: 0 }
    w.watcher.set(1, [{ path: w.dir, rule: all, limit }])
    await w.watcher.ready()
    expect(limit.folders).toBe(5)
    w.write('c/file')
    expect(await w.news()).toContain('1 c/file')
    expect(w.failures).toEqual([])
    rmSync(w.at('a'), { recursive: true })
    await w.news()
    expect(limit.folders).toBeLessThan(5)
  })

  it('stays out of the folders of a place that says so by a name in it', async () => {
    const w = await start()
    const rule = { ...all, ends: new Set(['.git']) }
    const deep = { ...rule, of: (name: string) => (name === '.git' ? leaf : deep) } as typeof rule
    w.write('clone/.git/HEAD')
    w.mkdir('clone/src')
    w.mkdir('plain/src')
    w.watcher.set(1, [{ path: w.dir, rule: deep }])
    await w.watcher.ready()
    await w.news()
    w.write('clone/src/file')
    w.write('plain/src/file')
    expect(await w.news()).toEqual(['1 plain/src/file'])
    w.mkdir('plain/.git')
    await w.news()
    w.write('plain/src/file', 'x')
    expect(await w.news()).toEqual([])
  })
})

describe('an overflow of the queue', () => {
  it('is assumed when as many events come at once as a part of the queue, and finds what was lost', async () => {
    let deaf = false
    const w = await start({
      limits: { watches: 100_000, queuedEvents: 64 },
      source: (listener) => inotifySource((folder, event, name) => !deaf && listener(folder, event, name)),
    })
    w.mkdir('skills')
    await watching(w)
    // Told of nothing, as by a kernel whose queue is full
    deaf = true
    w.mkdir('skills/unseen/below')
    await nextTurns()
    deaf = false
    expect(w.overflows).toBe(0)
    for (let i = 0; i < 64; i++) w.write(`skills/${i}`)
    await w.news()
    expect(w.overflows).toBeGreaterThan(0)
    w.write('skills/unseen/below/file')
    expect(await w.news()).toContain('1 skills/unseen/below/file')
  })
})

/** Lets the events that have arrived be told. */
async function nextTurns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((done) => setImmediate(done))
}
