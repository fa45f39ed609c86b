/** Deployments change under a daemon that runs: what watchers are told and lists say, with the built programs. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCollection } from '../support/collection-files.ts'
import { createDemoBox, type DemoBox } from '../support/demo-box.ts'
import { skill } from '../support/test-daemon.ts'
import type { WatchLine, WatchProcess } from '../support/watch-process.ts'

let box: DemoBox
let told: WatchProcess
let dir: string
beforeAll(async () => {
  box = createDemoBox({ count: 1 })
  writeCollection({ write: box.write }, [
    { type: 'skill', name: 'live-skill', files: { 'SKILL.md': skill('live-skill') } },
    { type: 'hook', name: 'live-guard', files: { 'settings.json': '{"hooks":{}}\n', 'bin/run.sh': 'run\n' } },
  ])
  dir = box.addProject('projects/live')
  await box.smd('start')
  await box.smd('sync --wait')
  await box.smd(['deploy', 'live-skill', 'live-guard', '--project', dir, '--yes'])
  await box.smd('sync --wait')
  told = await box.watch('deployments')
})
afterAll(async () => {
  told.child.kill('SIGKILL')
  await box.dispose()
})

const isHere = ({ topic, data }: WatchLine): boolean => topic === 'deployments.changed' && data?.path === dir
const states = async (): Promise<Record<string, string>> => {
  const { items } = await box.json(['deployments', '--project', dir])
  return Object.fromEntries(
    (items as Array<{ name: string; state: string }>).map(({ name, state }) => [name, state]),
  )
}

describe('deployments that change while nobody asks', () => {
  it('show an edit inside of a hook, and the records that another program writes', async () => {
    expect(await states()).toEqual({ 'live-skill': 'current', 'live-guard': 'current' })
    appendFileSync(join(dir, '.claude/hooks/live-guard/bin/run.sh'), '# edited\n')
    expect((await told.until(isHere)).data).toMatchObject({ counts: { added: 0, changed: 1, removed: 0 } })
    expect(await states()).toEqual({ 'live-skill': 'current', 'live-guard': 'modified' })

    const file = join(dir, '.claude/.skillmeat-deployed.toml')
    const records = readFileSync(file, 'utf8').split(/(?=\[\[deployed\]\])/)
    writeFileSync(file, records.filter((record) => !record.includes('"live-guard"')).join(''))
    expect((await told.until(isHere)).data).toMatchObject({ counts: { added: 0, changed: 0, removed: 1 } })
    expect(await states()).toEqual({ 'live-skill': 'current' })
  })
})
