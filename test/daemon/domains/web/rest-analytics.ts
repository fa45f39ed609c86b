/** Examples of the routes of what was done, on the sample. */
import { expect } from 'vitest'
import type { RestLab } from '../../../support/rest-lab.ts'
import { reply, time } from '../../../support/rest-reply.ts'

const review = { artifact_name: 'code-review', artifact_type: 'skill', project_path: 'notes' }

/** Deploys a skill of the sample to a project that does not have it. */
async function deployReview(lab: RestLab): Promise<void> {
  await lab.json('/api/v1/projects')
  expect(await lab.post('/api/v1/deploy', review)).toMatchObject({ body: { success: true } })
}

export const analyticsExamples: Record<string, (lab: RestLab) => Promise<void>> = {
  async getAnalyticsSummary(lab) {
    await deployReview(lab)
    expect(await reply(lab, 'getAnalyticsSummary', '/api/v1/analytics/summary')).toMatchObject({
      total_collections: 1,
      total_artifacts: (await lab.daemon.call('cache.status', {})).artifacts,
      total_deployments: (await lab.daemon.call('deployments.list', {})).total,
      total_events: 1,
      most_deployed_artifact: 'code-review',
      last_activity: time,
    })
  },

  async listTopArtifacts(lab) {
    await deployReview(lab)
    const { items } = await reply(lab, 'listTopArtifacts', '/api/v1/analytics/top-artifacts')
    expect(items).toEqual([
      {
        artifact_name: 'code-review',
        artifact_type: 'skill',
        deployment_count: 1,
        usage_count: 1,
        last_used: time,
      },
    ])
    const path = '/api/v1/analytics/top-artifacts?artifact_type=mcp_server'
    expect((await reply(lab, 'listTopArtifacts', path)).items).toEqual([])
  },

  async getTrends(lab) {
    await deployReview(lab)
    const trends = await reply(lab, 'getTrends', '/api/v1/analytics/trends?period=day&days=7')
    const points = trends.data_points as Array<Record<string, unknown>>
    expect(trends.total_periods).toBe(points.length)
    expect(points.at(-1)).toMatchObject({
      timestamp: trends.end_date,
      period: 'day',
      deployment_count: 1,
      unique_artifacts: 1,
      top_artifact: 'code-review',
    })
    expect(points[0]).toMatchObject({ timestamp: trends.start_date, usage_count: 0, top_artifact: null })
  },

  async listAnalyticsEvents(lab) {
    await deployReview(lab)
    await lab.post('/api/v1/deploy/undeploy', review)
    const path = '/api/v1/analytics/events'
    const { items, page_info: page } = await reply(lab, 'listAnalyticsEvents', path)
    expect(items).toEqual([
      expect.objectContaining({ event_type: 'remove', artifact_name: 'code-review' }),
      {
        id: expect.any(Number),
        event_type: 'deploy',
        artifact_name: 'code-review',
        artifact_type: 'skill',
        collection_name: 'default',
        project_path: '~/projects/notes',
        timestamp: time,
        metadata: expect.any(Object),
        outcome: 'success',
      },
    ])
    expect(page).toEqual({
      has_next_page: false,
      has_previous_page: false,
      start_cursor: null,
      end_cursor: null,
    })
    const first = await reply(lab, 'listAnalyticsEvents', `${path}?limit=1`)
    expect(first).toMatchObject({ items: [items[0]], page_info: { has_next_page: true } })
    const second = await reply(
      lab,
      'listAnalyticsEvents',
      `${path}?limit=1&after=${first.page_info.end_cursor}`,
    )
    expect(second).toMatchObject({ items: [items[1]], page_info: { has_previous_page: true } })
    for (const [query, expected] of [
      ['event_type=deploy', [items[1]]],
      ['artifact_name=none', []],
    ] as const)
      expect((await reply(lab, 'listAnalyticsEvents', `${path}?${query}`)).items, query).toEqual(expected)
    for (const query of ['event_type=none', 'limit=0', 'after=x'])
      expect(await lab.json(`${path}?${query}`), query).toMatchObject({ status: 422 })
  },

  async exportAnalytics(lab) {
    await deployReview(lab)
    const path = '/api/v1/analytics/export'
    const plain = await reply(lab, 'exportAnalytics', path)
    expect(plain).toEqual({
      summary: (await lab.json('/api/v1/analytics/summary')).body,
      top_artifacts: (await lab.json('/api/v1/analytics/top-artifacts')).body.items,
      events: null,
    })
    expect(plain.top_artifacts).toHaveLength(1)
    const whole = await reply(lab, 'exportAnalytics', `${path}?include_events=true`)
    expect(whole.events).toEqual((await lab.json('/api/v1/analytics/events')).body.items)
    expect(whole.events).toHaveLength(1)
    expect(await lab.json(`${path}?format=xml`)).toMatchObject({ status: 422 })
  },
}
