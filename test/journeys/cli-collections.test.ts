/** Collections by the real command line and daemon: sources, files, two daemons on one library, folders that are read-only. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { afterEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { serveGit } from '../support/git-http.ts'
import { commitTree, git, initRepository } from '../support/upstream-repo.ts'

const boxes: Sandbox[] = []
afterEach(async () => {
  for (const box of boxes.splice(0)) await box.dispose()
})
function sandbox(options: Parameters<typeof createSandbox>[0] = { sample: false }): Sandbox {
  const box = createSandbox(options)
  boxes.push(box)
  return box
}

const skill = (name: string, text = '') =>
  `---\nname: ${name}\ndescription: What ${name} does.\n---\n${text}\n`

function writeSkill(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'SKILL.md'), skill(name))
  return path
}

const manifestOf = (box: Sandbox, name = 'default') =>
  readFileSync(join(box.home, `.skillmeat/collections/${name}/collection.toml`), 'utf8')

describe('smd consolidate', () => {
  it('brings the same together in the collection and in projects, and takes it back', async () => {
    const box = sandbox()
    await box.smd('init')
    const project = join(box.root, 'home/src/shop')
    mkdirSync(join(project, '.claude/commands'), { recursive: true })
    await box.smd(`projects add ${project}`)
    for (const name of ['review', 'check']) {
      mkdirSync(join(box.root, name))
      writeFileSync(join(box.root, name, 'SKILL.md'), skill('review', 'Look at it.'))
      await box.smd(`add skill ./${name} --tag of-${name}`)
    }
    await box.smd('deploy check --project shop')
    expect(await box.smd('consolidate')).toMatchObject({ code: 2 })
    const plan = await box.smd('consolidate -n')
    expect(box.tidy(plan.stdout)).toMatchInlineSnapshot(`
      "The same skill:
        = <root>/home/.skillmeat/collections/default/skills/check  It is deployed most: 1 time.
            + tags: of-review
        - <root>/home/.skillmeat/collections/default/skills/review
      "
    `)
    const before = manifestOf(box)
    const done = await box.json('consolidate --yes')
    expect(done).toMatchObject({ schema: 1, status: 'success', groups: [{ keep: { name: 'check' } }] })
    expect(parse(manifestOf(box)).artifacts).toMatchObject([
      { name: 'check', tags: ['of-check', 'of-review'] },
    ])
    expect(await box.json('consolidate --yes')).toMatchObject({ groups: [], operation: null })
    expect(await box.smd('undo')).toMatchObject({ code: 0 })
    expect(manifestOf(box)).toBe(before)
    const kept = await box.json('consolidate --yes --keep review')
    expect(kept).toMatchObject({ groups: [{ keep: { name: 'review', reason: 'You chose it.' } }] })
    expect(existsSync(join(project, '.claude/skills/check'))).toBe(false)
    expect(await box.json('deployments')).toMatchObject({ items: [{ name: 'review', state: 'current' }] })
    expect(await box.smd(`rollback ${kept.snapshot} --yes`)).toMatchObject({ code: 0 })
    expect(manifestOf(box)).toBe(before)
  })
})

describe('smd add and quick-add --from-project', () => {
  it('take hooks out of the settings of a project, and give them to another', async () => {
    const box = sandbox()
    await box.smd('init')
    const hooks = { Stop: [{ hooks: [{ type: 'command', command: 'say done' }] }] }
    for (const name of ['shop', 'api']) {
      const folder = join(box.home, 'src', name, '.claude')
      mkdirSync(folder, { recursive: true })
      writeFileSync(
        join(folder, 'settings.json'),
        JSON.stringify(name === 'shop' ? { model: 'x', hooks } : {}),
      )
      await box.smd(`projects add ${join(box.home, 'src', name)}`)
    }
    expect(await box.smd('add hook Stop --from-project shop --name done')).toMatchObject({
      code: 0,
      stdout: 'Added: hook done to default\n',
    })
    expect(await box.smd('quick-add Stop#1 --from-project shop')).toMatchObject({
      code: 0,
      stdout: 'Added: hook Stop-1 to default\n',
    })
    expect(await box.smd('add hook Start --from-project shop')).toMatchObject({ code: 3 })
    expect(await box.smd('deploy done --project api')).toMatchObject({ code: 0 })
    const deployed = join(box.home, 'src/api/.claude/hooks/done/settings.json')
    expect(JSON.parse(readFileSync(deployed, 'utf8'))).toEqual({ hooks })
  })
})

describe('smd collection refresh', () => {
  it('checks, changes chosen fields, and takes the last refresh back', async () => {
    const box = sandbox()
    await box.smd('init')
    const path = writeSkill(box.root, 'lint')
    await box.smd(`add skill ${path}`)
    const before = manifestOf(box)
    writeFileSync(
      join(box.home, '.skillmeat/collections/default/skills/lint/SKILL.md'),
      '---\nname: lint\ndescription: Something\n  new.\nlicense: MIT\n---\n',
    )
    const refresh = (args: string) => box.smd(`collection refresh ${args}`)
    const check = await refresh('--check')
    expect(check).toMatchObject({ code: 10, stderr: '1 difference in default.\n' })
    expect(check.stdout).toMatchInlineSnapshot(`
      "differs  skill lint: description, license, extra
                 description: What lint does. -> Something new.
                 license: - -> MIT
      "
    `)
    expect(await refresh('--check --fields author')).toMatchObject({ code: 0 })
    expect(await refresh('--fields licence')).toMatchObject({ code: 2 })
    expect(await refresh('--check-only')).toMatchObject({
      code: 0,
      stderr: 'Nothing in default came from elsewhere.\n',
    })
    expect(manifestOf(box)).toBe(before)
    expect(await refresh('-c none')).toMatchObject({ code: 3 })
    expect(await refresh('-n l* --fields description,license')).toMatchObject({ code: 0 })
    expect(parse(manifestOf(box)).artifacts).toMatchObject([
      { metadata: { description: 'Something new.', license: 'MIT', extra: { name: 'lint' } } },
    ])
    expect(await refresh('--rollback')).toMatchObject({ code: 2 })
    expect(await refresh('--rollback --name demo --yes')).toMatchObject({ code: 2 })
    const back = await refresh('--rollback --yes')
    expect(back).toMatchObject({
      code: 0,
      stdout: 'went back  skill lint: description, license\n',
      stderr: '1 artifact of default as before the refresh.\n',
    })
    expect(parse(manifestOf(box)).artifacts).toEqual(parse(before).artifacts)
    expect(await refresh('--rollback --yes')).toMatchObject({ code: 3 })
  })

  it('asks the sources with --check-only', async () => {
    const box = sandbox()
    const repo = join(box.root, 'git/skills')
    initRepository(repo)
    const from = writeSkill(join(box.root, 'from/skills'), 'lint')
    const first = commitTree(repo, join(box.root, 'from'), '2026-01-02')
    const server = await serveGit(join(box.root, 'git'))
    await box.smd('init')
    await box.smd(`add skill ${server.origin}/skills/tree/main/skills/lint`)
    expect(await box.json('collection refresh --check-only')).toMatchObject({ updatesAvailable: 0 })
    writeFileSync(join(from, 'SKILL.md'), skill('lint', 'More.'))
    const second = commitTree(repo, join(box.root, 'from'), '2026-01-03')
    const { code, stdout } = await box.smd('collection refresh --check-only')
    expect(code).toBe(10)
    expect(stdout).toMatch(new RegExp(`^lint +skill +${first.slice(0, 7)} +${second.slice(0, 7)} +yes$`, 'm'))
    expect(await box.smd('collection show --check')).toMatchObject({ stdout: expect.stringMatching(/ ok /) })
  })
})

describe('smd init, add, collection, remove', () => {
  it('goes from nothing to a collection with artifacts of a repository and this disk, and back', async () => {
    const box = sandbox()
    const repo = join(box.root, 'git/skills')
    initRepository(repo)
    writeSkill(join(box.root, 'from/skills'), 'lint')
    const commit = commitTree(repo, join(box.root, 'from'), '2026-01-02')
    git(repo, 'tag', 'v1.0.0')
    const server = await serveGit(join(box.root, 'git'))

    expect((await box.smd('add skill ./x')).stderr).toContain('There is no collection default.')
    const init = await box.smd('init')
    expect(box.tidy(init.stdout)).toMatchInlineSnapshot(`
      "Made: <root>/home/.skillmeat/collections/default
      "
    `)
    expect(await box.json(['add', 'skill', `${server.origin}/skills/tree/v1.0.0/skills/lint`])).toMatchObject(
      {
        schema: 1,
        status: 'success',
        command: 'add',
        artifact: { name: 'lint', type: 'skill', collection: 'default' },
        resolvedSha: commit,
        version: 'v1.0.0',
      },
    )
    writeSkill(box.root, 'mine')
    const mine = await box.smd('quick-add mine --tag own --name two\u00a0words')
    expect(mine).toMatchObject({ code: 0, stdout: 'Added: skill two\u00a0words to default\n' })
    expect(await box.smd('quick-add mine --name two\u00a0words')).toMatchObject({ code: 4 })

    const { stdout } = await box.smd('collection show --check')
    expect(stdout).toMatch(/^NAME +TYPE +VERSION +STATE +TAGS +ORIGIN$/m)
    expect(stdout).toMatch(/^lint +skill +v1\.0\.0 +ok +- +http:/m)
    expect(stdout).toMatch(/^two.words +skill +- +ok +own +local$/m)
    expect(await box.json('list --scope collection')).toMatchObject({ total: 2 })

    const plan = await box.smd('remove lint --dry-run')
    expect(box.tidy(plan.stdout)).toMatchInlineSnapshot(`
      "Would remove: skill lint from default, with <root>/home/.skillmeat/collections/default/skills/lint
      "
    `)
    expect(await box.smd('remove lint')).toMatchObject({ code: 2 })
    expect(await box.smd('remove lint --yes')).toMatchObject({ code: 0 })
    expect(await box.json('list --scope collection')).toMatchObject({ total: 1 })
    expect(parse(manifestOf(box)).artifacts).toMatchObject([{ name: 'two\u00a0words', tags: ['own'] }])
  })

  it('tells other clients of each change as it happens (CACHE-4.3b, CACHE-4.3c)', async () => {
    const box = sandbox()
    await box.smd('init')
    const path = writeSkill(box.root, 'demo')
    await box.smd(['add', 'skill', path])
    await box.smd('remove demo --yes')
    const { items } = (await box.json('history')) as { items: { topic: string }[] }
    expect(items.filter(({ topic }) => topic === 'artifacts.changed')).toMatchObject([
      { data: { counts: { removed: 1 }, removed: [{ name: 'demo' }] } },
      { data: { counts: { added: 1 }, added: [{ name: 'demo' }] } },
    ])
  })

  it('says what is wrong with a manifest, file and line, and changes nothing', async () => {
    const box = sandbox()
    await box.smd('init')
    const path = writeSkill(box.root, 'demo')
    const file = join(box.home, '.skillmeat/collections/default/collection.toml')
    const broken = `${readFileSync(file, 'utf8')}[[artifacts]\n`
    writeFileSync(file, broken)
    const { code, stderr } = await box.smd(['add', 'skill', path])
    expect(code).toBe(2)
    expect(stderr).toContain(`${file}:6:`)
    expect(readFileSync(file, 'utf8')).toBe(broken)
    expect(existsSync(join(box.home, '.skillmeat/collections/default/skills/demo'))).toBe(false)
  })

  it('asks before it deletes, and never deletes the active one', async () => {
    const box = sandbox()
    await box.smd('init')
    await box.smd('collection create work')
    expect(await box.smd('collection delete default --yes')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('is the active one'),
    })
    expect(await box.smd('collection delete work')).toMatchObject({ code: 2 })
    expect(existsSync(join(box.home, '.skillmeat/collections/work'))).toBe(true)
    expect(await box.smd('collection delete work --yes')).toMatchObject({ code: 0 })
    expect(existsSync(join(box.home, '.skillmeat/collections/work'))).toBe(false)
  })
})

describe('two daemons with one library', () => {
  it('lose none of each other’s changes', async () => {
    const library = join(sandbox().root, 'library')
    const both = [sandbox(), sandbox()]
    const env = { SKILLMEAT_COLLECTION_DIR: library }
    await both[0]?.smd('init', { env })
    const names = ['a', 'b', 'c', 'd']
    const adding = both.flatMap((box, daemon) =>
      names.map((name) => box.smd(['add', 'skill', writeSkill(box.root, `${name}${daemon}`)], { env })),
    )
    for (const { code, stderr } of await Promise.all(adding)) expect(stderr || code).toBe(0)
    const folder = join(library, 'collections/default')
    const { artifacts } = parse(readFileSync(join(folder, 'collection.toml'), 'utf8')) as {
      artifacts: { name: string }[]
    }
    const wanted = names.flatMap((name) => [`${name}0`, `${name}1`])
    expect(artifacts.map(({ name }) => name).sort()).toEqual(wanted)
    const { lock } = parse(readFileSync(join(folder, 'collection.lock'), 'utf8')) as {
      lock: { entries: object }
    }
    expect(Object.keys(lock.entries).sort()).toEqual(wanted.map((name) => `${name}::skill`))
    for (const name of wanted) expect(existsSync(join(folder, 'skills', name, 'SKILL.md'))).toBe(true)
  })
})

describe('a library that cannot be written', () => {
  it('is left as it is, with a sentence that says so', async () => {
    const box = sandbox({ sample: false, plainUser: true })
    await box.smd('init')
    const path = writeSkill(join(box.root, 'home'), 'demo')
    const folder = join(box.home, '.skillmeat/collections/default')
    const before = manifestOf(box)
    chmodSync(folder, 0o500)
    const { code, stderr } = await box.smd(['add', 'skill', path])
    chmodSync(folder, 0o700)
    expect(code).toBe(1)
    expect(stderr).toMatch(/could not be written \(EACCES\)\.\nEverything is as it was/)
    expect(manifestOf(box)).toBe(before)
  })
})
