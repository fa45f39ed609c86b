import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skill, useTestDaemon } from '../../../support/test-daemon.ts'

describe('what is done with collections is noted', () => {
  const start = useTestDaemon()

  it('adding, deploying, taking over and taking away, each where it changed something', async () => {
    const { call, home, write } = await start({
      prepare({ write }) {
        write('found/review/SKILL.md', skill('review'))
        write('src/api/CLAUDE.md', '# api\n')
      },
    })
    const project = join(home, 'src/api')
    await call('collections.init', {})
    await call('collections.add', { spec: join(home, 'found/review'), type: 'skill' })
    const what = { artifacts: [{ name: 'review' }], projects: [project] }
    await call('deployments.plan', what)
    await call('deployments.deploy', what)
    // It is there already.
    await call('deployments.deploy', what)
    appendFileSync(write('keep', '') && join(project, '.claude/skills/review/SKILL.md'), 'More.\n')
    await call('sync.pull', { project, dryRun: true })
    await call('sync.pull', { project })
    await call('deployments.undeploy', what)
    await call('collections.remove', { name: 'review' })
    const { items } = await call('analytics.events', {})
    expect(
      items.map(({ event, name, project: at, outcome }) => [event, name, at, outcome]).reverse(),
    ).toEqual([
      ['import', 'review', null, 'success'],
      ['deploy', 'review', '~/src/api', 'success'],
      ['sync', 'review', '~/src/api', 'success'],
      ['remove', 'review', '~/src/api', 'success'],
      ['remove', 'review', null, 'success'],
    ])
  })
})
