import { describe, expect, it } from 'vitest'
import { analyticsCleanupCommand } from '../../../client-cli/commands/analytics/cleanup.ts'
import { analyticsClearCommand } from '../../../client-cli/commands/analytics/clear.ts'
import { analyticsCountCommand } from '../../../client-cli/commands/analytics/count.ts'
import { analyticsExportCommand } from '../../../client-cli/commands/analytics/export.ts'
import { analyticsStatsCommand } from '../../../client-cli/commands/analytics/stats.ts'
import { analyticsTopCommand, analyticsUsageCommand } from '../../../client-cli/commands/analytics/top.ts'
import { analyticsTrendsCommand } from '../../../client-cli/commands/analytics/trends.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import { runWithFakeClient } from '../../support/fake-client.ts'

const usage: ResultOf<'analytics.top'>['items'][number] = {
  name: 'review',
  type: 'skill',
  deploys: 3,
  updates: 1,
  syncs: 0,
  removals: 0,
  searches: 2,
  imports: 0,
  uses: 41,
  total: 47,
  firstAt: 0,
  lastAt: Date.now() - 120_000,
}

describe('smd analytics', () => {
  it('says what was noted, and when nothing is', async () => {
    const summary: ResultOf<'analytics.summary'> = {
      enabled: false,
      transcripts: false,
      retentionDays: 90,
      events: 1234,
      recent: 5,
      byType: [{ type: 'deploy', count: 1200 }],
      mostDeployed: { name: 'review', type: 'skill', count: 30 },
      firstAt: 0,
      lastAt: Date.now() - 60_000,
    }
    const { terminal, done } = runWithFakeClient(analyticsStatsCommand, {}, { 'analytics.summary': summary })
    expect(await done).toBe(0)
    expect(terminal.stdout()).toBe(
      [
        'Noted      1,234 events: 1,200 deploy',
        'Last       1 min ago, 5 in the last 7 days',
        'Deployed   most: review (30 times)',
        'Kept       for 90 days, on this machine only',
        '',
      ].join('\n'),
    )
    expect(terminal.stderr()).toContain('analytics.enabled is off')
    expect(terminal.stderr()).toContain('smd config set analytics.transcripts true')
  })

  it('lists what was used most, and what last', async () => {
    for (const command of [analyticsTopCommand, analyticsUsageCommand]) {
      const { terminal, done } = runWithFakeClient(command, {}, { 'analytics.top': { items: [usage] } })
      expect(await done).toBe(0)
      expect(terminal.stdout()).toMatch(/review\s+skill\s+2 min ago\s+3\s+1\s+0\s+2\s+41\s+47/)
    }
    const none = runWithFakeClient(analyticsTopCommand, {}, { 'analytics.top': { items: [] } })
    await none.done
    expect(none.terminal.stderr()).toContain('Nothing was noted yet.')
  })

  it('draws trends', async () => {
    const points = [
      { at: Date.UTC(2026, 2, 1), events: 0, deploys: 0, artifacts: 0, top: null },
      { at: Date.UTC(2026, 2, 2), events: 4, deploys: 4, artifacts: 1, top: 'review' },
      { at: Date.UTC(2026, 2, 3), events: 1, deploys: 0, artifacts: 1, top: 'ship' },
    ]
    const { terminal, done } = runWithFakeClient(
      analyticsTrendsCommand,
      {},
      { 'analytics.trends': { points } },
    )
    await done
    expect(terminal.stdout().split('\n')).toEqual([
      '2026-03-01       0',
      `2026-03-02       4  ${'#'.repeat(40)} review`,
      `2026-03-03       1  ${'#'.repeat(10)} ship`,
      '',
    ])
  })

  it('lists what is not used, with what that says', async () => {
    const found: ResultOf<'analytics.unused'> = {
      items: [{ name: 'old', type: 'agent', copies: 2, sizeBytes: 2048, tokens: 500, lastAt: null }],
      total: 1,
      sizeBytes: 2048,
      transcripts: false,
    }
    const { terminal, done } = runWithFakeClient(analyticsCleanupCommand, {}, { 'analytics.unused': found })
    await done
    expect(terminal.stdout()).toMatch(/old\s+agent\s+2\s+2\.0 kB\s+500\s+never/)
    expect(terminal.stderr()).toContain('1 name, 2.0 kB in all.')
    expect(terminal.stderr()).toContain('What agents use is not counted')
  })

  it('exports every page, as JSON and as CSV that no spreadsheet computes', async () => {
    const event = {
      id: 1,
      event: 'deploy' as const,
      name: '=1+1',
      type: 'skill',
      collection: null,
      project: '~/a, "b"',
      at: 0,
      outcome: 'success' as const,
      metadata: { version: '1' },
    }
    const page = { items: [event], next: null }
    const csv = runWithFakeClient(analyticsExportCommand, { format: 'csv' }, { 'analytics.events': page })
    await csv.done
    expect(csv.terminal.stdout()).toBe(
      'id,at,event,name,type,collection,project,outcome,metadata\n' +
        `1,1970-01-01T00:00:00.000Z,deploy,'=1+1,skill,,"~/a, ""b""",success,"{""version"":""1""}"\n`,
    )
    const json = runWithFakeClient(analyticsExportCommand, {}, { 'analytics.events': page })
    await json.done
    expect(JSON.parse(json.terminal.stdout())).toMatchObject({ items: [{ at: '1970-01-01T00:00:00.000Z' }] })
  })

  it('counts and forgets', async () => {
    const count = runWithFakeClient(
      analyticsCountCommand,
      {},
      { 'analytics.count': { transcripts: 2, uses: 7 } },
    )
    await count.done
    expect(count.terminal.stdout()).toContain('7 uses in 2 transcripts')
    const clear = runWithFakeClient(
      analyticsClearCommand,
      { yes: true },
      { 'analytics.clear': { removed: 3 } },
    )
    await clear.done
    expect(clear.terminal.stdout()).toContain('Forgotten: 3 events.')
    const asked = runWithFakeClient(analyticsClearCommand, {}, { 'analytics.clear': { removed: 3 } })
    await expect(asked.done).rejects.toMatchObject({ slug: 'cli.confirmation_needed' })
  })
})
