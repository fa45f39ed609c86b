/** Examples of the routes of projects, on the sample. */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RestLab } from '../../../support/rest-lab.ts'
import { projectId, reply, time } from '../../../support/rest-reply.ts'

const PROJECTS = '/api/v1/projects'
const sha = expect.stringMatching(/^[0-9a-f]{64}$/)
const copiedFile = (lab: RestLab): string =>
  join(lab.daemon.home, 'projects/notes/.claude/skills/code-review/SKILL.md')
const heldFile = (lab: RestLab): string =>
  join(lab.daemon.home, '.skillmeat/collections/default/skills/code-review/SKILL.md')

/** Deploys a skill of the sample to a project that does not have it. */
async function deployed(lab: RestLab): Promise<void> {
  await lab.json(PROJECTS)
  const done = await lab.post('/api/v1/artifacts/skill:code-review/deploy', { project_path: 'notes' })
  expect(done).toMatchObject({ body: { success: true } })
}

async function refusesUnknown(lab: RestLab, method: string, rest: string): Promise<void> {
  expect(await lab.send(method, `${PROJECTS}/none${rest}`), rest).toMatchObject({
    status: 404,
    body: { error: 'project.not_found', code: 'NOT_FOUND' },
  })
}

export const projectExamples: Record<string, (lab: RestLab) => Promise<void>> = {
  async listProjects(lab) {
    const all = await reply(lab, 'listProjects', '/api/v1/projects')
    const items = all.items as Array<Record<string, unknown>>
    expect(all.page_info).toEqual({
      has_next_page: false,
      has_previous_page: false,
      start_cursor: null,
      end_cursor: null,
      total_count: 5,
    })
    expect(all.last_fetched).toEqual(time)
    expect(items[0]).toEqual({
      id: projectId,
      path: expect.any(String),
      name: expect.any(String),
      deployment_count: expect.any(Number),
      last_deployment: time,
      cache_info: { cache_hit: false, last_fetched: time, is_stale: false },
    })
    const paged: unknown[] = []
    let after = ''
    for (;;) {
      const page = await reply(lab, 'listProjects', `/api/v1/projects?limit=2${after}`)
      paged.push(...(page.items as Array<{ id: string }>).map(({ id }) => id))
      const { has_next_page, has_previous_page, end_cursor } = page.page_info as Record<string, unknown>
      expect(has_previous_page).toBe(after !== '')
      if (!has_next_page) break
      after = `&after=${end_cursor}`
    }
    expect(paged).toEqual(items.map(({ id }) => id))
    expect(await lab.json('/api/v1/projects?after=x')).toMatchObject({
      status: 400,
      body: { error: 'page.bad_cursor' },
    })
  },

  async getProject(lab) {
    const { items } = (await lab.json('/api/v1/projects')).body
    const { id, path, name } = items.find((project: { name: string }) => project.name === 'webshop')
    const shown = await reply(lab, 'getProject', `/api/v1/projects/${id}`)
    const deployments = shown.deployments as Array<Record<string, unknown>>
    expect(shown).toMatchObject({ id, path, name, deployment_count: deployments.length })
    expect(deployments.find((each) => each.artifact_name === 'code-review')).toMatchObject({
      artifact_type: 'skill',
      local_modifications: true,
      deployed_at: time,
      collection_sha: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    // As clients of other managers name projects.
    for (const other of [
      Buffer.from(path).toString('base64url'),
      encodeURIComponent(Buffer.from(path).toString('base64')),
      encodeURIComponent(path),
      name,
    ])
      expect((await lab.json(`/api/v1/projects/${other}`)).body.id, other).toBe(id)
    expect(await lab.json('/api/v1/projects/none')).toMatchObject({
      status: 404,
      body: { error: 'project.not_found' },
    })
  },

  async addProject(lab) {
    const path = join(lab.daemon.home, 'elsewhere/brand-new')
    mkdirSync(path, { recursive: true })
    const made = await reply(lab, 'addProject', PROJECTS, { path, name: 'is not taken' })
    expect(made).toMatchObject({ id: projectId, path, name: 'brand-new', deployment_count: 0, added: true })
    expect((await lab.json(`${PROJECTS}/${made.id}`)).body).toMatchObject({ path })
    expect(await reply(lab, 'addProject', PROJECTS, { path })).toMatchObject({ id: made.id, added: false })
    for (const wrong of [{}, { path: 'relative' }])
      expect(await lab.post(PROJECTS, wrong), JSON.stringify(wrong)).toMatchObject({ status: 422 })
    expect(await lab.post(PROJECTS, { path: heldFile(lab) })).toMatchObject({
      body: { error: 'project.not_a_folder' },
    })
    expect(await lab.post(PROJECTS, { path }, 'read')).toMatchObject({ status: 403 })
  },

  async removeProject(lab) {
    await lab.json(PROJECTS)
    expect(await lab.send('DELETE', `${PROJECTS}/webshop?delete_files=true`)).toMatchObject({ status: 422 })
    const gone = await reply(lab, 'removeProject', `${PROJECTS}/webshop?delete_files=false`)
    expect(gone).toMatchObject({ success: true, deleted_files: false })
    expect(existsSync(join(lab.daemon.home, 'projects/webshop/CLAUDE.md'))).toBe(true)
    expect(await lab.json(`${PROJECTS}/webshop`)).toMatchObject({ status: 404 })
    await refusesUnknown(lab, 'DELETE', '')
  },

  async checkModifications(lab) {
    await deployed(lab)
    const path = `${PROJECTS}/notes/check-modifications`
    const same = await reply(lab, 'checkModifications', path)
    expect(same).toMatchObject({ project_id: projectId, checked_at: time, modifications_detected: 0 })
    expect(same.deployments).toEqual([
      {
        artifact_name: 'code-review',
        artifact_type: 'skill',
        deployed_sha: sha,
        current_sha: same.deployments[0].deployed_sha,
        is_modified: false,
        change_origin: null,
        baseline_hash: sha,
      },
    ])
    appendFileSync(copiedFile(lab), 'edited\n')
    const edited = await reply(lab, 'checkModifications', path)
    expect(edited).toMatchObject({
      modifications_detected: 1,
      deployments: [{ is_modified: true, change_origin: 'local_modification' }],
    })
    expect(edited.deployments[0].current_sha).not.toBe(edited.deployments[0].deployed_sha)
    await refusesUnknown(lab, 'POST', '/check-modifications')
  },

  async listModifiedArtifacts(lab) {
    await deployed(lab)
    const path = `${PROJECTS}/notes/modified-artifacts`
    expect(await reply(lab, 'listModifiedArtifacts', path)).toMatchObject({
      modified_artifacts: [],
      total_count: 0,
      last_checked: time,
    })
    appendFileSync(copiedFile(lab), 'edited\n')
    expect(await reply(lab, 'listModifiedArtifacts', path)).toMatchObject({
      modified_artifacts: [{ artifact_name: 'code-review', is_modified: true }],
      total_count: 1,
    })
    await refusesUnknown(lab, 'GET', '/modified-artifacts')
  },

  async getDriftSummary(lab) {
    await deployed(lab)
    const path = `${PROJECTS}/notes/drift/summary`
    const about = async (query = '') => {
      const { drift_details, ...summary } = await reply(lab, 'getDriftSummary', `${path}${query}`)
      const review = drift_details.find(
        (each: { artifact_name: string }) => each.artifact_name === 'code-review',
      )
      expect(summary.total).toBe(drift_details.length)
      return { summary, review }
    }
    const before = await about()
    expect(before.review).toBeUndefined()
    expect(before.summary).toMatchObject({
      project_path: join(lab.daemon.home, 'projects/notes'),
      collection_name: null,
      total_artifacts: 1,
      modified_count: 0,
      checked_at: time,
    })
    appendFileSync(copiedFile(lab), 'edited\n')
    const edited = await about('?collection_name=default')
    expect(edited.summary).toMatchObject({ collection_name: 'default', modified_count: 1, local_changes: 1 })
    expect(edited.review).toMatchObject({
      drift_type: 'modified',
      collection_name: 'default',
      recommendation: 'push_to_collection',
      change_origin: 'local_modification',
    })
    appendFileSync(heldFile(lab), 'also edited\n')
    const both = await about()
    expect(both.summary).toMatchObject({ modified_count: 0, conflict_count: 1, conflicts: 1 })
    expect(both.review).toMatchObject({ drift_type: 'conflict', recommendation: 'review_manually' })
    await refusesUnknown(lab, 'GET', '/drift/summary')
    expect(await lab.json(`${path}?collection_name=none`)).toMatchObject({
      status: 404,
      body: { error: 'sync.collection_unknown' },
    })
  },

  async removeDeployment(lab) {
    await deployed(lab)
    const path = `${PROJECTS}/notes/deployments/code-review?artifact_type=skill`
    expect(await reply(lab, 'removeDeployment', path)).toMatchObject({
      success: true,
      artifact_name: 'code-review',
      artifact_type: 'skill',
      project_path: join(lab.daemon.home, 'projects/notes'),
      files_removed: true,
    })
    expect(existsSync(copiedFile(lab))).toBe(false)
    expect(await lab.send('DELETE', path)).toMatchObject({
      status: 404,
      body: { error: 'deploy.not_deployed' },
    })
    expect(await lab.send('DELETE', `${PROJECTS}/notes/deployments/code-review`)).toMatchObject({
      status: 422,
    })
    await refusesUnknown(lab, 'DELETE', '/deployments/code-review?artifact_type=skill')
  },
}
