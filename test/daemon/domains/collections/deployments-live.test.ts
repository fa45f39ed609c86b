import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { TopicData } from '../../../../protocol/events.ts'
import { writeCollection } from '../../../support/collection-files.ts'
import { skill, type TestDaemon, useTestDaemon } from '../../../support/test-daemon.ts'
import { type WatchedHome, watchHome } from '../../../support/watched-home.ts'

const start = useTestDaemon()
const open: WatchedHome[] = []
afterEach(async () => {
  for (const home of open.splice(0)) await home.close()
})

type Told = TopicData<'deployments.changed'>
type Deployed = TestDaemon & { told: Told[]; at(path: string): string; look(): Promise<void> }

/** A skill, a hook and a server in one project; `look` has what changed read, as a watch does. */
async function deployed(): Promise<Deployed> {
  const daemon = await start({
    prepare(home) {
      writeCollection(home, [
        { type: 'skill', name: 'demo', files: { 'SKILL.md': skill('demo') } },
        { type: 'hook', name: 'guard', files: { 'settings.json': '{"hooks":{}}\n', 'bin/run.sh': 'run\n' } },
        { type: 'mcp', name: 'db', files: { '.mcp.json': '{"mcpServers":{}}\n', 'server.js': 'serve()\n' } },
      ])
      home.write('projects/one/.claude/commands/mine.md', '# Mine\n')
    },
  })
  await daemon.call('projects.add', { path: join(daemon.home, 'projects/one') })
  const artifacts = ['demo', 'guard', 'db'].map((name) => ({ name }))
  await daemon.call('deployments.deploy', { artifacts, projects: ['one'] })
  const told: Told[] = []
  daemon.ctx.events.on(({ topic, data }) => {
    if (topic === 'deployments.changed') told.push(data)
  })
  const unit = daemon.ctx.db.valueSql<number>("SELECT id FROM scan_units WHERE kind = 'project'") as number
  const at = (path: string): string => join(daemon.home, 'projects/one/.claude', path)
  return Object.assign(daemon, { told, at, look: () => daemon.ctx.refresher.changed([unit]) })
}

const statesOf = async ({ call }: TestDaemon): Promise<Record<string, string>> => {
  const { items } = await call('deployments.list', { project: 'one' })
  return Object.fromEntries(items.map(({ name, state }) => [name, state]))
}

describe('a change inside of what was deployed', () => {
  it('is seen without a refresh, in hooks and servers as in skills', async () => {
    const daemon = await deployed()
    const home = await watchHome(daemon)
    open.push(home)
    await home.sync()
    const states = async () => {
      await home.sync()
      return statesOf(daemon)
    }
    expect(await states()).toEqual({ demo: 'current', guard: 'current', db: 'current' })
    const before = readFileSync(daemon.at('hooks/guard/bin/run.sh'))
    for (const path of ['skills/demo/SKILL.md', 'hooks/guard/bin/run.sh', 'mcp/db/server.js'])
      appendFileSync(daemon.at(path), '# edited\n')
    expect(await states()).toEqual({ demo: 'modified', guard: 'modified', db: 'modified' })
    writeFileSync(daemon.at('hooks/guard/bin/run.sh'), before)
    rmSync(daemon.at('mcp/db'), { recursive: true })
    expect(await states()).toEqual({ demo: 'modified', guard: 'current', db: 'missing' })
  })

  it('is told, also where no artifact changes', async () => {
    const daemon = await deployed()
    appendFileSync(daemon.at('hooks/guard/bin/run.sh'), '# edited\n')
    await daemon.look()
    expect(daemon.told).toEqual([
      {
        project: { id: expect.stringMatching(/^prj_/), name: 'one', path: join(daemon.home, 'projects/one') },
        path: join(daemon.home, 'projects/one'),
        counts: { added: 0, changed: 1, removed: 0 },
      },
    ])
    await daemon.look()
    expect(daemon.told).toHaveLength(1)
  })
})

describe('a change of records alone', () => {
  const file = '.skillmeat-deployed.toml'

  it('is told, with how many came, went and are others', async () => {
    const daemon = await deployed()
    const text = readFileSync(daemon.at(file), 'utf8')
    const records = text.split(/(?=\[\[deployed\]\])/)
    expect(records).toHaveLength(3)

    // Another program takes one away, and knows another one.
    const other = (records[0] as string)
      .replaceAll('"demo"', '"other"')
      .replaceAll('skills/demo', 'skills/other')
    writeFileSync(daemon.at(file), [other, ...records.slice(1)].join(''))
    await daemon.look()
    expect(daemon.told.map(({ counts }) => counts)).toEqual([{ added: 1, changed: 0, removed: 1 }])
    expect(await statesOf(daemon)).toEqual({ other: 'missing', guard: 'current', db: 'current' })

    // Somebody writes another hash by hand.
    const hash = 'a'.repeat(64)
    writeFileSync(
      daemon.at(file),
      [other, ...records.slice(1)].join('').replace(/content_hash = "\w+"/, `content_hash = "${hash}"`),
    )
    await daemon.look()
    expect(daemon.told.at(-1)?.counts).toEqual({ added: 0, changed: 1, removed: 0 })

    rmSync(daemon.at(file))
    await daemon.look()
    expect(daemon.told.at(-1)?.counts).toEqual({ added: 0, changed: 0, removed: 3 })
    expect(await statesOf(daemon)).toEqual({})
  })

  it('is not told where the file says the same in other words', async () => {
    const daemon = await deployed()
    writeFileSync(daemon.at(file), `# Ours\n\n${readFileSync(daemon.at(file), 'utf8')}`)
    await daemon.look()
    expect(daemon.told).toEqual([])
  })

  it('is told of what was deployed by smd, and of what was taken away', async () => {
    const daemon = await deployed()
    await daemon.call('deployments.undeploy', { artifacts: [{ name: 'guard' }], projects: ['one'] })
    await daemon.call('deployments.deploy', { artifacts: [{ name: 'guard' }], projects: ['one'] })
    expect(daemon.told.map(({ counts }) => counts)).toEqual([
      { added: 0, changed: 0, removed: 1 },
      { added: 1, changed: 0, removed: 0 },
    ])
  })
})
