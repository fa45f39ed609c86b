/** What other programs and people write at the same moment, and what lies beside what is changed, is nobody's to lose. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeCollection } from '../../../support/collection-files.ts'
import { skill, type TestDaemon, type TestHome, useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const library = '.skillmeat/collections/default'

const filled = (more: (home: TestHome) => void = () => undefined) =>
  start({
    prepare(home) {
      writeCollection(home, [
        { type: 'skill', name: 'demo', files: { 'SKILL.md': skill('demo') } },
        { type: 'skill', name: 'other', files: { 'SKILL.md': skill('other') } },
      ])
      home.write('projects/one/.claude/commands/mine.md', '# Mine\n')
      home.write('projects/one/.claude/settings.json', '{}\n')
      more(home)
    },
  })
const at = ({ home }: TestHome, path: string): string => join(home, path)
const one = (daemon: TestDaemon, path = ''): string => at(daemon, join('projects/one', path))

describe('a record that names more than its artifact', () => {
  const withRecord = async (path: string) => {
    const daemon = await filled()
    await daemon.call('projects.add', { path: one(daemon) })
    await daemon.call('deployments.deploy', { artifacts: [{ name: 'other' }], projects: ['one'] })
    appendFileSync(
      one(daemon, '.claude/.skillmeat-deployed.toml'),
      `\n[[deployed]]\nartifact_name = "demo"\nartifact_type = "skill"\nfrom_collection = "default"\nartifact_path = "${path}"\ncontent_hash = "${'a'.repeat(64)}"\n`,
    )
    return daemon
  }

  it.each(['.', './', 'skills', 'skills/', './skills/.'])(
    'takes nothing else away, and puts nothing in its place, also when told to overwrite: %s',
    async (path) => {
      const daemon = await withRecord(path)
      const artifacts = [{ name: 'demo' }]
      const all = { artifacts, projects: ['one'], overwrite: true }
      await daemon.call('deployments.undeploy', all).catch(() => undefined)
      await daemon.call('deployments.deploy', all)
      for (const kept of [
        '.claude/skills/other/SKILL.md',
        '.claude/settings.json',
        '.claude/commands/mine.md',
      ])
        expect(existsSync(one(daemon, kept)), kept).toBe(true)
    },
  )
})

describe('what is kept in step', () => {
  it('is never more than one artifact, whatever a record or a manifest says (1309)', async () => {
    const daemon = await filled()
    await daemon.call('projects.add', { path: one(daemon) })
    await daemon.call('deployments.deploy', {
      artifacts: [{ name: 'demo' }, { name: 'other' }],
      projects: ['one'],
    })
    const file = one(daemon, '.claude/.skillmeat-deployed.toml')
    const records = readFileSync(file, 'utf8')
    const manifest = at(daemon, `${library}/collection.toml`)
    const rows = readFileSync(manifest, 'utf8')
    const isWhole = () => {
      expect(readFileSync(one(daemon, '.claude/skills/other/SKILL.md'), 'utf8')).toBe(skill('other'))
      expect(readFileSync(at(daemon, `${library}/skills/other/SKILL.md`), 'utf8')).toBe(skill('other'))
    }
    for (const [path, text, place] of [
      [file, records.replace('"skills/demo"', '"skills"'), one(daemon, '.claude/skills')],
      [manifest, rows.replace('"skills/demo"', '"skills"'), at(daemon, `${library}/skills`)],
    ] as const) {
      writeFileSync(path, text)
      const { items } = await daemon.call('sync.check', { project: 'one' })
      expect(items.find(({ name }) => name === 'demo')).toMatchObject({
        drift: 'unknown',
        problem: `${place} holds more than demo.`,
      })
      await daemon.call('sync.push', { projects: ['one'], strategy: 'overwrite' })
      await daemon.call('sync.pull', { project: 'one', strategy: 'overwrite' })
      isWhole()
      writeFileSync(file, records)
      writeFileSync(manifest, rows)
    }
    expect((await daemon.call('sync.check', { project: 'one' })).counts).toMatchObject({ none: 2 })
  })
})

describe('rows of a manifest', () => {
  const row = (name: string, path: string): string =>
    `\n[[artifacts]]\nname = "${name}"\ntype = "skill"\npath = "${path}"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`

  it('that lie around others take only themselves along when they are removed', async () => {
    const daemon = await filled()
    appendFileSync(at(daemon, `${library}/collection.toml`), row('wide', 'skills'))
    const { filesRemoved } = await daemon.call('collections.remove', { name: 'wide' })
    expect(filesRemoved).toBe(false)
    expect(existsSync(at(daemon, `${library}/skills/demo/SKILL.md`))).toBe(true)
    const { artifacts } = await daemon.call('collections.show', {})
    expect(artifacts.map(({ name }) => name)).toEqual(['demo', 'other'])
  })

  it('that name the manifest itself do not take it along', async () => {
    const daemon = await filled()
    appendFileSync(at(daemon, `${library}/collection.toml`), row('self', 'collection.toml'))
    await expect(daemon.call('collections.remove', { name: 'self' })).rejects.toMatchObject({
      slug: 'collection.bad_manifest',
    })
    expect(existsSync(at(daemon, `${library}/collection.toml`))).toBe(true)
  })

  it('keep their files when an artifact of another name is to be replaced where they lie', async () => {
    const daemon = await filled((home) => {
      home.write('mine/moved/SKILL.md', skill('moved', 'Mine.'))
    })
    const file = at(daemon, `${library}/collection.toml`)
    // `demo` was moved by hand to where `moved` would go.
    renameSync(at(daemon, `${library}/skills/demo`), at(daemon, `${library}/skills/moved`))
    writeFileSync(file, readFileSync(file, 'utf8').replace('"skills/demo"', '"skills/moved"'))
    const add = daemon.call('collections.add', { spec: at(daemon, 'mine/moved'), name: 'moved', force: true })
    await expect(add).rejects.toMatchObject({ slug: 'collection.artifact_exists', details: { name: 'demo' } })
    expect(readFileSync(at(daemon, `${library}/skills/moved/SKILL.md`), 'utf8')).toBe(skill('demo'))
  })
})

describe('a file that somebody saves while it is rewritten', () => {
  /** Saves the file with a note, as an editor does, in the moment in which a new text is being written beside the old one. */
  function savedMeanwhile(folder: string, name: string): { times(): number; close(): void } {
    let times = 0
    const watcher = watch(folder, (_, seen) => {
      if (times > 0 || !seen?.startsWith(`.${name}.`) || !seen.endsWith('.tmp')) return
      times++
      writeFileSync(join(folder, 'edited'), `${readFileSync(join(folder, name), 'utf8')}\n# A note of mine\n`)
      renameSync(join(folder, 'edited'), join(folder, name))
    })
    return { times: () => times, close: () => watcher.close() }
  }

  it('of deployment sets keeps what was saved, and what was asked for', async () => {
    const daemon = await filled()
    await daemon.call('sets.save', { name: 'first', artifacts: ['demo'] })
    const saved = savedMeanwhile(at(daemon, library), 'deployment-sets.toml')
    try {
      for (let n = 0; saved.times() === 0; n++)
        await daemon.call('sets.save', { name: `set ${n}`, artifacts: ['other'] })
    } finally {
      saved.close()
    }
    expect(readFileSync(at(daemon, `${library}/deployment-sets.toml`), 'utf8')).toContain('# A note of mine')
    const { items } = await daemon.call('sets.list', {})
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(['first', 'set 0']))
  })

  it('of archived snapshots keeps what was saved, and the archives that were made', async () => {
    const daemon = await filled()
    const folder = at(daemon, '.skillmeat/snapshots/default')
    const archived = async () => {
      const { id } = await daemon.call('snapshots.create', { message: 'mine' })
      await daemon.call('snapshots.export', { id })
      daemon.clock.now += 1_000
      return id
    }
    const ids = [await archived()]
    const saved = savedMeanwhile(folder, 'snapshots.toml')
    try {
      while (saved.times() === 0) ids.push(await archived())
    } finally {
      saved.close()
    }
    const text = readFileSync(join(folder, 'snapshots.toml'), 'utf8')
    expect(text).toContain('# A note of mine')
    for (const id of ids) expect(text).toContain(id)
  })

  it('of a manifest keeps metadata that was written while files were read', async () => {
    const daemon = await filled()
    const file = at(daemon, `${library}/collection.toml`)
    // Reading stops at a pipe until somebody writes into it.
    const pipe = at(daemon, `${library}/skills/other/SKILL.md`)
    rmSync(pipe)
    execFileSync('mkfifo', [pipe])
    const refreshed = daemon.call('collections.refresh', {})
    const writer = await open(pipe, 'w')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        'name = "demo"\n',
        'name = "demo"\nmetadata = { author = "Ada", title = "Mine" }\n',
      ),
    )
    await writer.writeFile(skill('other'))
    await writer.close()
    await refreshed
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('"Ada"')
    expect(text).toContain('description')
  })
})
