/** smd tag, smd group: with the real command line and daemon, and what is left when the cache is gone. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'

let box: Sandbox
beforeAll(async () => {
  box = createSandbox({ sample: false })
  for (const [collection, names] of [
    ['default', ['demo', 'review', 'lint']],
    ['work', ['demo']],
  ] as const) {
    const artifacts = names.map((name) => {
      put(collection, `skills/${name}/SKILL.md`, `---\nname: ${name}\ndescription: What it does.\n---\n`)
      return `[[artifacts]]\nname = "${name}"\ntype = "skill"\npath = "skills/${name}/"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`
    })
    put(
      collection,
      'collection.toml',
      `# mine\n[collection]\nname = "${collection}"\nversion = "1.0.0"\n\n${artifacts.join('\n')}`,
    )
  }
  await box.smd('start')
})
afterAll(() => box.dispose())

const at = (collection: string, path: string): string =>
  join(box.home, '.skillmeat/collections', collection, path)
function put(collection: string, path: string, text: string): void {
  mkdirSync(join(at(collection, path), '..'), { recursive: true })
  writeFileSync(at(collection, path), text)
}
const manifest = (collection = 'default'): string => readFileSync(at(collection, 'collection.toml'), 'utf8')

describe('smd tag', () => {
  it('defines, gives, lists, renames and takes off tags', async () => {
    const none = await box.smd('tag')
    expect(none).toMatchObject({ code: 0, stdout: '' })
    const made = await box.smd(['tag', 'create', 'Web tools', '--color', '#22c55e'])
    expect(made).toMatchObject({ code: 0, stdout: 'Defined: Web tools (web-tools) #22c55e\n', stderr: '' })
    const given = await box.smd(['tag', 'add', 'Web tools', 'demo', 'skill:review'])
    expect(given.stdout).toBe('skill:demo: Web tools\nskill:review: Web tools\n')
    expect(await box.json(['list', '--tag', 'Web tools'])).toMatchObject({ total: 2 })
    const list = await box.smd('tag list')
    expect(list.stdout).toMatch(
      /^TAG +SLUG +COLOUR +ARTIFACTS +DESCRIPTION\nWeb tools +web-tools +#22c55e +2 +-\n$/,
    )
    const renamed = await box.smd('tag update web-tools --name Web --slug web')
    expect(renamed.stdout).toBe('Changed: Web (web) #22c55e, on 2 artifacts\n')
    expect(manifest('work')).toContain('slug = "web"')
    expect((await box.smd('tag remove web demo')).stdout).toBe('skill:demo: -\n')
    expect(await box.json('list --tag Web')).toMatchObject({ total: 1 })

    expect((await box.smd('tag delete web --dry-run')).stdout).toBe(
      'Web (web) #22c55e goes from 1 artifact\n',
    )
    const refused = await box.smd('tag delete web')
    expect(refused.code).toBe(2)
    const gone = await box.smd('tag delete web -y')
    expect(gone.stdout).toBe('Forgotten: Web (web) #22c55e, on 1 artifact\n')
    expect(await box.json('tag list')).toMatchObject({ schema: 1, total: 0, items: [] })
    expect(manifest()).toContain('# mine\n')
    const unknown = await box.smd('tag update none --name x')
    expect(unknown).toMatchObject({ code: 3, stdout: '' })
    expect(unknown.stderr).toBe('There is no tag "none".\nList the tags with: smd tag list\n')
  })
})

describe('smd group', () => {
  it('makes, fills, orders, moves, copies and forgets groups', async () => {
    const made = await box.smd(['group', 'create', 'My reviews', 'review', 'lint', '--color', 'rose'])
    expect(made.stdout).toBe('My reviews  default: 2 artifacts\n  skill:review\n  skill:lint\n')
    await box.smd('group create Drafts demo')
    const moved = await box.smd(['group', 'add', 'My reviews', 'demo', '--from', 'Drafts', '--position', '0'])
    expect(moved.stdout).toBe(
      'My reviews  default: 3 artifacts\n  skill:demo\n  skill:review\n  skill:lint\n',
    )
    const ordered = await box.smd(['group', 'order', 'My reviews', 'lint'])
    expect(ordered.stdout).toContain('  skill:lint\n  skill:demo\n  skill:review\n')
    expect((await box.smd('group reorder Drafts')).stdout).toBe('0  Drafts\n1  My reviews\n')
    expect(
      await box.json(['group', 'update', 'Drafts', '--name', 'Later', '--description', 'x']),
    ).toMatchObject({
      schema: 1,
      name: 'Later',
      description: 'x',
    })
    const copied = await box.smd(['group', 'copy', 'My reviews', '--to', 'work'])
    expect(copied.stdout).toBe(
      'My reviews  work: 1 artifact, 2 missing\n  skill:lint  (no such artifact)\n  skill:demo\n  skill:review  (no such artifact)\n',
    )
    const list = await box.smd('group list -c default')
    expect(list.stdout).toMatch(
      /^COLLECTION +GROUP .*\ndefault +Later +0 artifacts .*\ndefault +My reviews +3 artifacts +rose +-\n$/,
    )
    expect((await box.smd('group remove Later demo')).code).toBe(0)
    expect((await box.smd('group delete Later -y')).stdout).toBe('Forgotten: Later (0 artifacts)\n')
    const bad = await box.smd(['group', 'add', 'My reviews', 'none'])
    expect(bad).toMatchObject({ code: 3, stdout: '' })
    expect(bad.stderr).toContain('The collection "default" has no artifact "none".')
  })

  it('come back with tags, order, colours and members when cache.db is gone (MP-4.3)', async () => {
    await box.smd(['tag', 'create', 'Round trip', '--color', '#112233', '--description', 'd'])
    await box.smd(['tag', 'add', 'Round trip', 'lint'])
    await box.smd(['group', 'create', 'One', 'lint', 'demo', '--icon', 'book-open', '--position', '0'])
    // A member whose artifact is not there yet.
    writeFileSync(
      at('default', 'collection.toml'),
      manifest().replace('"skill:demo"', '"skill:demo", "skill:later"'),
    )
    expect(manifest()).toContain('skill:later')
    await box.smd('sync')
    const state = async () => ({
      tags: await box.json('tag list'),
      groups: await box.json('group list'),
      one: await box.json('group show One'),
      tagged: (await box.json(['list', '--tag', 'Round trip'])).total,
    })
    const before = await state()
    expect(before.one).toMatchObject({ artifactCount: 2, unresolvedCount: 1, icon: 'book-open' })
    expect(before.tagged).toBe(1)

    const written = [manifest(), manifest('work')]
    await box.smd('stop')
    for (const end of ['', '-wal', '-shm']) rmSync(`${box.paths.cacheDb}${end}`, { force: true })
    await box.smd('cache refresh')
    expect(await state()).toEqual(before)
    expect([manifest(), manifest('work')]).toEqual(written)

    // The artifact comes, and the member is found.
    put('default', 'skills/later/SKILL.md', '---\nname: later\ndescription: x\n---\n')
    writeFileSync(
      at('default', 'collection.toml'),
      manifest().replace(
        '\n[[groups]]',
        '\n[[artifacts]]\nname = "later"\ntype = "skill"\npath = "skills/later/"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n\n[[groups]]',
      ),
    )
    await box.smd('sync')
    expect(await box.json('group show One')).toMatchObject({ artifactCount: 3, unresolvedCount: 0 })
  })
})
