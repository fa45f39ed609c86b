/** The REST interface over real HTTP, on the sample: each route by example, and what all have in common. */
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restRoutes } from '../../../../protocol/rest.ts'
import { type RestAnswer, type RestLab, useRestLab } from '../../../support/rest-lab.ts'
import { artifactId, projectId, reply, time } from '../../../support/rest-reply.ts'
import { skill } from '../../../support/test-daemon.ts'
import { analyticsExamples } from './rest-analytics.ts'
import { artifactExamples } from './rest-artifacts.ts'
import { labelExamples } from './rest-labels.ts'
import { projectExamples } from './rest-projects.ts'
import { snapshotExamples } from './rest-snapshots.ts'

const start = useRestLab()

const review = { artifact_name: 'code-review', artifact_type: 'skill', project_path: 'notes' }

/** Deploys a skill of the sample to a project that does not have it. */
async function deployReview(lab: RestLab, more: object = {}): Promise<RestAnswer['body']> {
  await lab.json('/api/v1/projects')
  return reply(lab, 'deploy', '/api/v1/deploy', { ...review, ...more })
}

const examples: Record<string, (lab: RestLab) => Promise<void>> = {
  ...analyticsExamples,
  ...artifactExamples,
  ...labelExamples,
  ...projectExamples,
  ...snapshotExamples,

  async getCacheStatus(lab) {
    await lab.json('/api/v1/cache/projects')
    const status = await reply(lab, 'getCacheStatus', '/api/v1/cache/status')
    const own = await lab.daemon.call('cache.status', {})
    expect(status).toMatchObject({
      total_projects: own.projects,
      total_artifacts: own.artifacts,
      outdated_artifacts: own.outdatedArtifacts,
      stale_projects: own.staleProjects,
      cache_size_bytes: own.sizeBytes,
      oldest_entry: time,
      newest_entry: time,
      last_refresh: time,
      cache_age_seconds: expect.any(Number),
      hit_rate: expect.any(Number),
      refresh_job_status: { is_running: false },
    })
    expect(own.artifacts).toBeGreaterThan(20)
  },

  async listCachedProjects(lab) {
    const all = await reply(lab, 'listCachedProjects', '/api/v1/cache/projects')
    expect(all).toMatchObject({ total: 5, skip: 0, limit: 100 })
    const items = all.items as Array<{ name: string }>
    expect(items[0]).toEqual({
      id: projectId,
      name: expect.any(String),
      path: expect.stringContaining(lab.daemon.home),
      status: expect.any(String),
      last_fetched: time,
      artifact_count: expect.any(Number),
      outdated_count: expect.any(Number),
      modified_count: expect.any(Number),
      error_message: null,
    })
    const paged = await reply(lab, 'listCachedProjects', '/api/v1/cache/projects?skip=1&limit=2')
    expect(paged).toEqual({ items: items.slice(1, 3), total: 5, skip: 1, limit: 2 })
    expect(await reply(lab, 'listCachedProjects', '/api/v1/cache/projects?skip=9')).toMatchObject({
      items: [],
      total: 5,
    })
    const missing = await reply(lab, 'listCachedProjects', '/api/v1/cache/projects?status=missing')
    expect((missing.items as unknown[]).length).toBe(missing.total)
  },

  async listCachedArtifacts(lab) {
    const all = await reply(lab, 'listCachedArtifacts', '/api/v1/cache/artifacts')
    const items = all.items as Array<Record<string, unknown>>
    expect(items).toHaveLength(all.total)
    for (const item of items) expect(item).toMatchObject({ id: artifactId, updated_at: time })
    const outdated = await reply(lab, 'listCachedArtifacts', '/api/v1/cache/artifacts?is_outdated=true')
    expect(outdated.items).toEqual(items.filter((item) => item.is_outdated))
    expect(outdated.total).toBeGreaterThan(0)
    const fresh = await reply(lab, 'listCachedArtifacts', '/api/v1/cache/artifacts?is_outdated=0')
    expect(fresh.items).toEqual(items.filter((item) => !item.is_outdated))
    const servers = await reply(lab, 'listCachedArtifacts', '/api/v1/cache/artifacts?type=mcp_server')
    expect(servers.items).toEqual(items.filter((item) => item.type === 'mcp'))
    expect(servers.total).toBeGreaterThan(0)
    const shop = items.find((item) => item.project_id !== null)?.project_id
    const own = await reply(lab, 'listCachedArtifacts', `/api/v1/cache/artifacts?project_id=${shop}`)
    expect(own.items).toEqual(items.filter((item) => item.project_id === shop))
    const page = await reply(lab, 'listCachedArtifacts', '/api/v1/cache/artifacts?skip=3&limit=4')
    expect(page).toEqual({ items: items.slice(3, 7), total: all.total, skip: 3, limit: 4 })
  },

  async listStaleArtifacts(lab) {
    const stale = await reply(lab, 'listStaleArtifacts', '/api/v1/cache/stale-artifacts')
    const items = stale.items as Array<Record<string, unknown>>
    expect(stale.total).toBeGreaterThan(0)
    expect(items).toHaveLength(stale.total)
    for (const item of items) expect(['outdated', 'diverged']).toContain(item.state)
    for (const sort of ['name', 'type', 'project', 'version_diff']) {
      const path = `/api/v1/cache/stale-artifacts?sort_by=${sort}`
      const upwards = await reply(lab, 'listStaleArtifacts', path)
      expect(upwards.total, sort).toBe(stale.total)
      const last = await reply(lab, 'listStaleArtifacts', `${path}&sort_order=desc&limit=1`)
      expect((last.items as unknown[])[0], sort).toEqual((upwards.items as unknown[]).at(-1))
    }
  },

  async searchCache(lab) {
    const found = await reply(lab, 'searchCache', '/api/v1/cache/search?query=code-review')
    const items = found.items as Array<Record<string, unknown>>
    expect(found).toMatchObject({ query: 'code-review', skip: 0, limit: 50, corrected_query: null })
    expect(items[0]).toMatchObject({ id: artifactId, name: 'code-review', type: 'skill', score: 100 })
    const scores = items.map(({ score }) => score as number)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    const second = await reply(lab, 'searchCache', '/api/v1/cache/search?query=code-review&skip=1&limit=1')
    expect(second.items).toEqual(items.slice(1, 2))
    const misspelt = await reply(lab, 'searchCache', '/api/v1/cache/search?query=reviw&sort_by=updated')
    expect(misspelt).toMatchObject({ query: 'reviw', corrected_query: 'review' })
    const agents = await reply(lab, 'searchCache', '/api/v1/cache/search?query=review&type=agent')
    for (const item of agents.items as Array<Record<string, unknown>>) expect(item.type).toBe('agent')
  },

  async listCachedMarketplaces(lab) {
    const all = await reply(lab, 'listCachedMarketplaces', '/api/v1/cache/marketplace')
    expect(all.total).toBeGreaterThan(0)
    const [first] = all.items as Array<Record<string, unknown>>
    expect(first).toMatchObject({ cached_at: time, data: { plugins: expect.any(Array) } })
    const none = await reply(lab, 'listCachedMarketplaces', '/api/v1/cache/marketplace?type=none')
    expect(none).toEqual({ items: [], total: 0, skip: 0, limit: 100 })
    const past = await reply(lab, 'listCachedMarketplaces', '/api/v1/cache/marketplace?skip=1')
    expect(past.total).toBe(all.total)
    expect(past.items).toHaveLength(Number(all.total) - 1)
  },

  async refreshCache(lab) {
    await lab.json('/api/v1/cache/projects')
    const fresh = await reply(lab, 'refreshCache', '/api/v1/cache/refresh')
    expect(fresh).toMatchObject({ success: true, projects_refreshed: 0, message: 'Everything is fresh.' })
    lab.daemon.write('projects/webshop/.claude/skills/brand-new/SKILL.md', skill('brand-new'))
    const forced = await reply(lab, 'refreshCache', '/api/v1/cache/refresh', { force: true })
    expect(forced).toMatchObject({ success: true, changes_detected: 1, errors: [] })
    const one = await reply(lab, 'refreshCache', '/api/v1/cache/refresh', {
      project_id: 'webshop',
      force: true,
    })
    expect(one).toMatchObject({
      projects_refreshed: 1,
      changes_detected: 0,
      message: 'Read 1 project, found 0 changes.',
    })
  },

  async invalidateCache(lab) {
    await lab.json('/api/v1/cache/projects')
    const one = await reply(lab, 'invalidateCache', '/api/v1/cache/invalidate', { project_id: 'webshop' })
    expect(one).toEqual({ success: true, invalidated_count: 1, message: '1 project is stale now.' })
    const all = await reply(lab, 'invalidateCache', '/api/v1/cache/invalidate', { project_id: null })
    expect(all.invalidated_count).toBeGreaterThan(1)
    const unknown = await lab.post('/api/v1/cache/invalidate', { project_id: 'none' })
    expect(unknown).toMatchObject({ status: 404, body: { error: 'project.not_found', code: 'NOT_FOUND' } })
  },

  async listCollections(lab) {
    const all = await reply(lab, 'listCollections', '/api/v1/collections')
    expect(all.page_info).toMatchObject({ total_count: 1, has_next_page: false, end_cursor: null })
    expect(all.items[0]).toMatchObject({
      id: 'default',
      active: true,
      path: join(lab.daemon.home, '.skillmeat/collections/default'),
      artifact_count: expect.any(Number),
    })
  },

  async getCollection(lab) {
    const shown = await reply(lab, 'getCollection', '/api/v1/collections/default')
    expect(shown).toEqual((await lab.json('/api/v1/collections')).body.items[0])
    expect(await lab.json('/api/v1/collections/none')).toMatchObject({
      status: 404,
      body: { error: 'collection.not_found' },
    })
  },

  async listCollectionArtifacts(lab) {
    const path = '/api/v1/collections/default/artifacts'
    const { items } = await reply(lab, 'listCollectionArtifacts', path)
    const shown = await lab.daemon.call('collections.show', { name: 'default' })
    const ids = shown.artifacts.map(({ type, name }) => `${type}:${name}`)
    expect(items.map(({ id }: { id: string }) => id)).toEqual(ids)
    expect(ids.length).toBeGreaterThan(2)
    const paged: string[] = []
    for (let after = ''; ; ) {
      const page = await reply(lab, 'listCollectionArtifacts', `${path}?limit=2${after}`)
      paged.push(...page.items.map(({ id }: { id: string }) => id))
      if (!page.page_info.has_next_page) break
      after = `&after=${page.page_info.end_cursor}`
    }
    expect(paged).toEqual(ids)
    const skills = await reply(lab, 'listCollectionArtifacts', `${path}?artifact_type=skill`)
    expect(skills.items.map(({ id }: { id: string }) => id)).toEqual(
      ids.filter((id) => id.startsWith('skill:')),
    )
    expect(await lab.json(`${path}?after=x`)).toMatchObject({ status: 422, body: { error: 'http.invalid' } })
  },

  async listDeployments(lab) {
    await deployReview(lab)
    const path = '/api/v1/deploy'
    const all = await reply(lab, 'listDeployments', path)
    const own = await lab.daemon.call('deployments.list', {})
    expect(all).toMatchObject({ project_path: null, total: own.total })
    const project = join(lab.daemon.home, 'projects/notes')
    const { deployments, deployments_by_profile: by } = await reply(
      lab,
      'listDeployments',
      `${path}?project_path=${encodeURIComponent(project)}&profile_id=claude_code`,
    )
    expect(deployments).toEqual([
      expect.objectContaining({
        artifact_name: 'code-review',
        from_collection: 'default',
        sync_status: 'synced',
        project_path: project,
        deployment_profile_id: 'claude_code',
      }),
    ])
    expect(by).toEqual({ claude_code: deployments })
  },

  async deploy(lab) {
    const done = await deployReview(lab)
    expect(done).toMatchObject({
      success: true,
      deployment_id: expect.stringMatching(/^op_/),
      deployed_path: join(lab.daemon.home, 'projects/notes/.claude/skills/code-review'),
      deployed_profiles: ['claude_code'],
      platform: 'claude_code',
      profile_root_dir: '.claude',
      error_message: null,
    })
    expect(existsSync(join(String(done.deployed_path), 'SKILL.md'))).toBe(true)
    expect(await deployReview(lab)).toMatchObject({ success: true, deployment_id: null })
    appendFileSync(join(String(done.deployed_path), 'SKILL.md'), 'edited\n')
    appendFileSync(
      join(lab.daemon.home, '.skillmeat/collections/default/skills/code-review/SKILL.md'),
      'newer\n',
    )
    const refused = await deployReview(lab)
    expect(refused).toMatchObject({ success: false, deployment_id: null })
    expect(refused.error_message).toBe(refused.message)
    expect(await deployReview(lab, { overwrite: true })).toMatchObject({ success: true })
    for (const wrong of [{ dest_path: '/tmp/x' }, { artifact_type: '' }])
      expect(await lab.post('/api/v1/deploy', { ...review, ...wrong }), JSON.stringify(wrong)).toMatchObject({
        status: 422,
      })
    expect(await lab.post('/api/v1/deploy', review, 'read')).toMatchObject({ status: 403 })
  },

  async undeploy(lab) {
    const { deployed_path: path } = await deployReview(lab)
    expect(await reply(lab, 'undeploy', '/api/v1/deploy/undeploy', review)).toMatchObject({
      success: true,
      deployed_path: path,
    })
    expect(existsSync(String(path))).toBe(false)
    expect(await lab.post('/api/v1/deploy/undeploy', review)).toMatchObject({
      status: 404,
      body: { error: 'deploy.not_deployed' },
    })
  },

  async getHealth(lab) {
    expect(await reply(lab, 'getHealth', '/health')).toEqual({ status: 'healthy' })
    lab.daemon.ctx.health.warn('web.not_served', { reason: 'of this test' })
    expect(await reply(lab, 'getHealth', '/health')).toEqual({ status: 'degraded' })
  },
  async getLiveness(lab) {
    expect(await reply(lab, 'getLiveness', '/health/live')).toEqual({ status: 'alive' })
  },
  async getReadiness(lab) {
    expect(await reply(lab, 'getReadiness', '/health/ready')).toEqual({ status: 'ready' })
  },
  async getHealthV1(lab) {
    expect(await reply(lab, 'getHealthV1', '/api/v1/health')).toEqual({ status: 'healthy' })
  },
  async getLivenessV1(lab) {
    expect(await reply(lab, 'getLivenessV1', '/api/v1/health/live')).toEqual({ status: 'alive' })
  },
  async getReadinessV1(lab) {
    expect(await reply(lab, 'getReadinessV1', '/api/v1/health/ready')).toEqual({ status: 'ready' })
  },

  async getVersion(lab) {
    lab.daemon.clock.now += 2_500
    expect(await reply(lab, 'getVersion', '/api/v1/version')).toEqual({
      version: lab.daemon.ctx.identity.version,
      api_version: 'v1',
      protocol: 1,
      uptime_seconds: 2.5,
    })
  },

  async getMetrics(lab) {
    const { status, headers, body } = await lab.ask('/api/v1/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/plain; version=/)
    expect(body).toMatch(/^smd_build_info\{version="/m)
  },
}

describe('every route (CACHE-2.4a, CACHE-2.4b, CACHE-2.4c, CACHE-2.4d, CACHE-5.1c, CACHE-5.4a)', () => {
  it('has an example', () => {
    expect(Object.keys(examples).sort()).toEqual(restRoutes.map(({ id }) => id).sort())
  })

  it.each(Object.entries(examples))('%s replies what its schema says', async (_, example) => {
    await example(await start())
  })
})
