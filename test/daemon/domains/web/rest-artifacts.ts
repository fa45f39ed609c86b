/** Examples of the routes of artifacts, of their files and of their copies in projects, on the sample. */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RestLab } from '../../../support/rest-lab.ts'
import { artifactId, reply, time } from '../../../support/rest-reply.ts'
import { skill } from '../../../support/test-daemon.ts'

const ARTIFACTS = '/api/v1/artifacts'
const REVIEW = `${ARTIFACTS}/skill:code-review`

const libraryOf = (lab: RestLab): string => join(lab.daemon.home, '.skillmeat/collections/default')
const heldFile = (lab: RestLab): string => join(libraryOf(lab), 'skills/code-review/SKILL.md')
const copiedFile = (lab: RestLab): string =>
  join(lab.daemon.home, 'projects/notes/.claude/skills/code-review/SKILL.md')

/** Deploys the skill to a project that does not have it. */
async function deployed(lab: RestLab): Promise<void> {
  await lab.json('/api/v1/projects')
  expect(await lab.post(`${REVIEW}/deploy`, { project_path: 'notes' })).toMatchObject({
    body: { success: true },
  })
}

/** What every route says of an artifact that there is not. */
async function refusesUnknown(lab: RestLab, method: string, rest: string, body?: object): Promise<void> {
  const unknown = await lab.send(method, `${ARTIFACTS}/skill:none${rest}`, body)
  expect(unknown, rest).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  const elsewhere = await lab.send(
    method,
    `${REVIEW}${rest}${rest.includes('?') ? '&' : '?'}collection=none`,
    body,
  )
  expect(elsewhere, rest).toMatchObject({ status: 404, body: { error: 'collection.not_found' } })
}

export const artifactExamples: Record<string, (lab: RestLab) => Promise<void>> = {
  async listArtifacts(lab) {
    const { items, page_info: page } = await reply(lab, 'listArtifacts', ARTIFACTS)
    const { artifacts } = await lab.daemon.call('collections.show', {})
    const ids = artifacts.map(({ type, name }) => `${type}:${name}`)
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual(ids.toSorted())
    expect(page.total_count).toBe(ids.length)
    expect(items.find(({ id }: { id: string }) => id === 'skill:code-review')).toMatchObject({
      uuid: artifactId,
      collections: ['default'],
      scope: 'collection',
      project_id: null,
      updated: time,
    })
    await lab.send('PUT', `${REVIEW}/tags`, { tags: ['Rest'] })
    for (const [query, expected] of [
      ['tags=Rest', ['skill:code-review']],
      ['artifact_type=skill', ids.filter((id) => id.startsWith('skill:'))],
    ] as const) {
      const some = await reply(lab, 'listArtifacts', `${ARTIFACTS}?${query}`)
      expect(some.items.map(({ id }: { id: string }) => id).sort(), query).toEqual(expected.toSorted())
    }
    const found = await reply(lab, 'listArtifacts', `${ARTIFACTS}?search=review`)
    const all = found.items.map(({ id }: { id: string }) => id)
    expect(all).toContain('skill:code-review')
    expect(found.page_info).toMatchObject({ total_count: all.length, has_next_page: false })
    const pages: string[] = []
    for (let after = ''; ; ) {
      const { items: some, page_info } = await reply(
        lab,
        'listArtifacts',
        `${ARTIFACTS}?search=review&limit=1${after}`,
      )
      pages.push(...some.map(({ id }: { id: string }) => id))
      if (!page_info.has_next_page) break
      after = `&after=${page_info.end_cursor}`
    }
    expect(pages).toEqual(all)
    expect(await lab.json(`${ARTIFACTS}?search=review&after=x`)).toMatchObject({
      status: 400,
      body: { error: 'page.bad_cursor' },
    })
    const first = await reply(lab, 'listArtifacts', `${ARTIFACTS}?limit=1`)
    const after = encodeURIComponent(first.page_info.end_cursor)
    const second = await reply(lab, 'listArtifacts', `${ARTIFACTS}?limit=1&after=${after}`)
    expect(first.items[0].id).not.toBe(second.items[0].id)
  },

  async addArtifact(lab) {
    lab.daemon.write('elsewhere/brand-new/SKILL.md', skill('brand-new'))
    const source = join(lab.daemon.home, 'elsewhere/brand-new')
    const body = { source_type: 'local', source, artifact_type: 'skill', tags: ['Fresh'] }
    expect(await reply(lab, 'addArtifact', ARTIFACTS, body)).toMatchObject({
      success: true,
      artifact_id: 'skill:brand-new',
      collection: 'default',
      source_type: 'local',
      path: join(libraryOf(lab), 'skills/brand-new'),
    })
    expect((await lab.json(`${ARTIFACTS}/skill:brand-new`)).body).toMatchObject({ tags: ['Fresh'] })
    expect(await lab.post(ARTIFACTS, body)).toMatchObject({
      status: 409,
      body: { error: 'collection.artifact_exists', code: 'CONFLICT' },
    })
    for (const wrong of [
      { source_type: 'github' },
      { source: 'owner/repo/skill' },
      { artifact_type: 'gadget' },
    ])
      expect(await lab.post(ARTIFACTS, { ...body, ...wrong }), JSON.stringify(wrong)).toMatchObject({
        status: 422,
      })
    expect(await lab.post(ARTIFACTS, { ...body, name: 'other', collection: 'none' })).toMatchObject({
      status: 404,
    })
    expect(await lab.post(ARTIFACTS, { ...body, name: 'other' }, 'read')).toMatchObject({ status: 403 })
  },

  async getArtifact(lab) {
    const held = await reply(lab, 'getArtifact', REVIEW)
    expect(held).toMatchObject({
      id: 'skill:code-review',
      uuid: artifactId,
      collections: ['default'],
      path: join(libraryOf(lab), 'skills/code-review'),
      upstream: { current_sha: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(held.deployment_stats).toMatchObject({
      total_deployments: 1,
      modified_deployments: 1,
      projects: [join(lab.daemon.home, 'projects/webshop')],
    })
    expect((await reply(lab, 'getArtifact', `${ARTIFACTS}/${held.uuid}`)).deployment_stats).toEqual(
      held.deployment_stats,
    )
    const { items } = (await lab.json('/api/v1/cache/stale-artifacts')).body
    const shown = await reply(lab, 'getArtifact', `${ARTIFACTS}/${items[0].id}`)
    expect(shown).toMatchObject({
      uuid: items[0].id,
      name: items[0].name,
      deployment_stats: null,
      upstream: { tracking_enabled: true, update_available: true, drift_status: items[0].state },
    })
    expect(await lab.json(`${ARTIFACTS}/art_0000000000000000`)).toMatchObject({
      status: 404,
      body: { error: 'artifact.not_found' },
    })
    await refusesUnknown(lab, 'GET', '')
    // An agent goes by what its collection calls it, whatever its file says.
    lab.daemon.write(
      '.skillmeat/collections/default/agents/by-file.md',
      '---\nname: by-itself\ndescription: Told apart by its file.\n---\n# Agent\n',
    )
    appendFileSync(
      join(libraryOf(lab), 'collection.toml'),
      '\n[[artifacts]]\nname = "by-file"\ntype = "agent"\npath = "agents/by-file.md"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n',
    )
    await lab.daemon.call('cache.refresh', { force: true })
    const agent = await reply(lab, 'getArtifact', `${ARTIFACTS}/agent:by-file`)
    expect(agent).toMatchObject({ id: 'agent:by-file', uuid: artifactId, name: 'by-itself' })
    const { artifacts } = await lab.daemon.call('collections.show', { ids: true })
    expect(artifacts.find(({ name }) => name === 'by-file')?.id).toBe(agent.uuid)
    expect((await lab.daemon.call('collections.show', {})).artifacts[0]).not.toHaveProperty('id')
    const listed = (await lab.json(`${ARTIFACTS}?artifact_type=agent&limit=100`)).body.items
    expect(listed.map(({ id }: { id: string }) => id)).toContain('agent:by-file')
    expect((await lab.json(`${ARTIFACTS}/${agent.uuid}`)).body.id).toBe('agent:by-file')
    expect(await lab.json(`${ARTIFACTS}/agent:by-file/files`)).toMatchObject({ status: 200 })
    expect(await lab.send('PUT', `${ARTIFACTS}/agent:by-file`, { tags: ['One'] })).toMatchObject({
      status: 200,
      body: { id: 'agent:by-file', tags: ['One'] },
    })
    // What was added a moment ago is found when the disk is read for it.
    appendFileSync(heldFile(lab), 'edited\n')
    const anew = await lab.json(`${REVIEW}?force_refresh=true`, 'write')
    expect(anew.headers['x-cache-hit']).toBe('miss')
    expect(anew.body.upstream.current_sha).not.toBe(held.upstream.current_sha)
  },

  async updateArtifact(lab) {
    const changed = await reply(lab, 'updateArtifact', REVIEW, { tags: ['One', 'Two'] })
    expect(changed.tags.toSorted()).toEqual(['One', 'Two'])
    expect((await lab.json(REVIEW)).body).toEqual(changed)
    expect(await lab.send('PUT', REVIEW, { tags: [''] })).toMatchObject({ status: 422 })
    // What cannot be told afterwards is not done.
    const manifest = join(libraryOf(lab), 'collection.toml')
    appendFileSync(
      manifest,
      '\n[[artifacts]]\nname = "gone"\ntype = "skill"\npath = "skills/gone/"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n',
    )
    lab.daemon.write('projects/notes/.claude/skills/gone/SKILL.md', skill('gone'))
    await lab.daemon.call('cache.refresh', { force: true })
    const before = readFileSync(manifest, 'utf8')
    expect(await lab.send('PUT', `${ARTIFACTS}/skill:gone`, { tags: ['One'] })).toMatchObject({
      status: 404,
      body: { error: 'artifact.not_found' },
    })
    expect(readFileSync(manifest, 'utf8')).toBe(before)
    await refusesUnknown(lab, 'PUT', '', { tags: [] })
  },

  async removeArtifact(lab) {
    await deployed(lab)
    await reply(lab, 'removeArtifact', REVIEW)
    expect(existsSync(heldFile(lab))).toBe(false)
    expect(existsSync(copiedFile(lab))).toBe(true)
    expect((await lab.json('/api/v1/versions/snapshots')).body.items[0]).toMatchObject({ automatic: true })
    expect(await lab.send('DELETE', REVIEW)).toMatchObject({
      status: 404,
      body: { error: 'collection.artifact_not_found' },
    })
    await refusesUnknown(lab, 'DELETE', '')
  },

  async getArtifactUpstream(lab) {
    const { items } = (await lab.json('/api/v1/cache/stale-artifacts')).body
    expect(await reply(lab, 'getArtifactUpstream', `${ARTIFACTS}/${items[0].id}/upstream`)).toMatchObject({
      artifact_id: `${items[0].type}:${items[0].name}`,
      update_available: true,
      upstream_version: items[0].upstream_version,
      last_checked: items[0].checked_at,
    })
    expect(await reply(lab, 'getArtifactUpstream', `${REVIEW}/upstream`)).toMatchObject({
      artifact_id: 'skill:code-review',
      tracking_enabled: expect.any(Boolean),
    })
    await refusesUnknown(lab, 'GET', '/upstream')
  },

  async deployArtifact(lab) {
    await lab.json('/api/v1/projects')
    const path = `${REVIEW}/deploy`
    const deploy = (more: object = {}) =>
      reply(lab, 'deployArtifact', path, { project_path: 'notes', ...more })
    expect(await deploy()).toMatchObject({
      success: true,
      artifact_name: 'code-review',
      artifact_type: 'skill',
      deployed_path: join(copiedFile(lab), '..'),
      strategy: 'overwrite',
      merge_details: null,
      deployment_id: expect.stringMatching(/^op_/),
    })
    const text = readFileSync(heldFile(lab), 'utf8')
    writeFileSync(copiedFile(lab), `${text}of the project\n`)
    writeFileSync(heldFile(lab), text.replace('\n# ', '\nnewer\n\n# '))
    writeFileSync(join(libraryOf(lab), 'skills/code-review/new.md'), 'new\n')
    expect(await deploy()).toMatchObject({ success: false, deployment_id: null })
    const merged = await deploy({ strategy: 'merge' })
    expect(merged).toMatchObject({ success: true, strategy: 'merge', merge_details: { conflicts: 0 } })
    expect(merged.merge_details.file_actions).toEqual(
      expect.arrayContaining([
        { file_path: 'SKILL.md', action: 'copied', detail: 'changed' },
        { file_path: 'new.md', action: 'copied', detail: 'added' },
      ]),
    )
    const both = readFileSync(copiedFile(lab), 'utf8')
    expect(both).toContain('newer')
    expect(both).toContain('of the project')
    // What merging does not take is refused, not passed over.
    for (const more of [
      { overwrite: true },
      { all_profiles: true },
      { deployment_profile_id: 'claude_code' },
    ])
      expect(
        await lab.post(path, { project_path: 'notes', strategy: 'merge', ...more }),
        JSON.stringify(more),
      ).toMatchObject({
        status: 422,
        body: { error: 'http.invalid', validation_errors: [{ field: `body.${Object.keys(more)[0]}` }] },
      })
    expect(await deploy({ overwrite: true })).toMatchObject({ success: true })
    expect(readFileSync(copiedFile(lab), 'utf8')).toBe(readFileSync(heldFile(lab), 'utf8'))
    for (const wrong of [{}, { project_path: 'notes', strategy: 'guess' }])
      expect(await lab.post(path, wrong), JSON.stringify(wrong)).toMatchObject({ status: 422 })
    expect(await lab.post(path, { project_path: 'no-project' })).toMatchObject({
      status: 404,
      body: { error: 'project.not_found' },
    })
    await refusesUnknown(lab, 'POST', '/deploy', { project_path: 'notes' })
  },

  async undeployArtifact(lab) {
    await deployed(lab)
    const path = `${REVIEW}/undeploy`
    expect(await reply(lab, 'undeployArtifact', path, { project_path: 'notes' })).toMatchObject({
      success: true,
      artifact_name: 'code-review',
    })
    expect(existsSync(copiedFile(lab))).toBe(false)
    expect(await lab.post(path, { project_path: 'notes' })).toMatchObject({
      status: 404,
      body: { error: 'deploy.not_deployed' },
    })
    await refusesUnknown(lab, 'POST', '/undeploy', { project_path: 'notes' })
  },

  async syncArtifact(lab) {
    await deployed(lab)
    const path = `${REVIEW}/sync`
    const sync = (more: object = {}) => reply(lab, 'syncArtifact', path, { project_path: 'notes', ...more })
    expect(await sync()).toMatchObject({ success: true, synced_files_count: 0, operation_ids: [] })
    appendFileSync(copiedFile(lab), 'of the project\n')
    expect(await sync()).toMatchObject({ success: true, synced_files_count: 1, conflicts: [] })
    expect(readFileSync(heldFile(lab), 'utf8')).toMatch(/of the project\n$/)
    appendFileSync(copiedFile(lab), 'theirs\n')
    appendFileSync(heldFile(lab), 'ours\n')
    expect(await sync({ strategy: 'manual' })).toMatchObject({
      success: false,
      conflicts: [{ file_path: 'SKILL.md', conflict_type: 'content' }],
      synced_files_count: 0,
    })
    expect(readFileSync(heldFile(lab), 'utf8')).toMatch(/ours\n$/)
    expect(await sync({ strategy: 'theirs' })).toMatchObject({ success: true, synced_files_count: 1 })
    expect(readFileSync(heldFile(lab), 'utf8')).toMatch(/theirs\n$/)
    // Without a project it is the source that is asked, which this one does not have on this machine.
    const fromSource = await reply(lab, 'syncArtifact', path, {})
    expect(fromSource).toMatchObject({ success: expect.any(Boolean), message: expect.stringMatching(/\S/) })
    expect(await lab.post(path, { strategy: 'guess' })).toMatchObject({ status: 422 })
    await refusesUnknown(lab, 'POST', '/sync', { project_path: 'notes' })
  },

  async listArtifactFiles(lab) {
    lab.daemon.write('.skillmeat/collections/default/skills/code-review/more/deep/a.md', 'deep\n')
    const { files, truncated } = await reply(lab, 'listArtifactFiles', `${REVIEW}/files`)
    expect(truncated).toBe(false)
    expect(files).toContainEqual({
      name: 'SKILL.md',
      path: 'SKILL.md',
      type: 'file',
      size: readFileSync(heldFile(lab)).length,
      children: null,
    })
    expect(files.find(({ name }: { name: string }) => name === 'more')).toMatchObject({
      type: 'directory',
      children: [
        {
          path: 'more/deep',
          type: 'directory',
          children: [{ name: 'a.md', path: 'more/deep/a.md', type: 'file', size: 5, children: null }],
        },
      ],
    })
    const { uuid } = (await lab.json(REVIEW)).body
    expect((await reply(lab, 'listArtifactFiles', `${ARTIFACTS}/${uuid}/files`)).files).toEqual(files)
    await refusesUnknown(lab, 'GET', '/files')
  },

  async getArtifactFile(lab) {
    lab.daemon.write('.skillmeat/collections/default/skills/code-review/more/a b.md', 'deep\n')
    await lab.json('/api/v1/projects')
    const text = readFileSync(heldFile(lab), 'utf8')
    expect(await reply(lab, 'getArtifactFile', `${REVIEW}/files/SKILL.md`)).toEqual({
      artifact_id: 'skill:code-review',
      path: 'SKILL.md',
      content: text,
      size: Buffer.byteLength(text),
      mime_type: 'text/markdown',
      truncated: false,
    })
    for (const path of ['more/a%20b.md', 'more%2Fa%20b.md'])
      expect(await reply(lab, 'getArtifactFile', `${REVIEW}/files/${path}`), path).toMatchObject({
        path: 'more/a b.md',
        content: 'deep\n',
      })
    for (const path of ['none.md', 'more', '..%2F..%2F..%2Fcollection.toml', '%2Fetc%2Fpasswd']) {
      const { status, body } = await lab.json(`${REVIEW}/files/${path}`)
      expect([404, 422], `${path}: ${JSON.stringify(body)}`).toContain(status)
    }
    await refusesUnknown(lab, 'GET', '/files/SKILL.md')
  },

  async replaceArtifactFile(lab) {
    const path = `${REVIEW}/files/SKILL.md`
    const content = skill('code-review', 'Replaced.')
    const replaced = await reply(lab, 'replaceArtifactFile', path, { content })
    expect(replaced).toMatchObject({ path: 'SKILL.md', content, size: Buffer.byteLength(content) })
    expect((await lab.json(path)).body).toEqual(replaced)
    expect(readFileSync(heldFile(lab), 'utf8')).toBe(content)
    expect((await lab.json('/api/v1/versions/snapshots')).body.items[0]).toMatchObject({ automatic: true })
    // The limit is one of bytes, not of characters.
    expect(await lab.send('PUT', path, { content: 'ä'.repeat(500_001) })).toMatchObject({
      status: 422,
      body: { validation_errors: [{ field: 'body.content' }] },
    })
    expect(await lab.send('PUT', path, { content: 'ä'.repeat(600_000) })).toMatchObject({
      status: 413,
      body: { error: 'http.too_large' },
    })
    expect(await lab.send('PUT', `${REVIEW}/files/none.md`, { content })).toMatchObject({
      status: 404,
      body: { error: 'artifact.no_such_file' },
    })
    expect(await lab.send('PUT', path, {})).toMatchObject({ status: 422 })
    expect(await lab.send('PUT', `${REVIEW}/files/..%2Fx.md`, { content })).toMatchObject({
      status: 422,
      body: { error: 'collection.bad_file' },
    })
    expect(await lab.send('PUT', path, { content }, 'read')).toMatchObject({ status: 403 })
    await refusesUnknown(lab, 'PUT', '/files/SKILL.md', { content })
  },

  async createArtifactFile(lab) {
    const path = `${REVIEW}/files/more/new.md`
    const made = await reply(lab, 'createArtifactFile', path, { content: 'new\n' })
    expect(made).toMatchObject({ path: 'more/new.md', content: 'new\n', mime_type: 'text/markdown' })
    expect((await lab.json(path)).body).toEqual(made)
    expect(await lab.post(path, { content: 'other\n' })).toMatchObject({
      status: 409,
      body: { error: 'collection.file_exists', code: 'CONFLICT' },
    })
    expect(await lab.post(path, {})).toMatchObject({ status: 422 })
    await refusesUnknown(lab, 'POST', '/files/new.md', { content: '' })
  },

  async deleteArtifactFile(lab) {
    await lab.post(`${REVIEW}/files/more/new.md`, { content: 'new\n' })
    await reply(lab, 'deleteArtifactFile', `${REVIEW}/files/more/new.md`)
    expect(existsSync(join(libraryOf(lab), 'skills/code-review/more/new.md'))).toBe(false)
    expect(await lab.send('DELETE', `${REVIEW}/files/more/new.md`)).toMatchObject({ status: 404 })
    expect(await lab.send('DELETE', `${REVIEW}/files/SKILL.md`)).toMatchObject({ status: 422 })
    await refusesUnknown(lab, 'DELETE', '/files/x.md')
  },

  async diffArtifact(lab) {
    await deployed(lab)
    const path = `${REVIEW}/diff?project_path=notes`
    expect(await reply(lab, 'diffArtifact', path)).toMatchObject({
      artifact_id: 'skill:code-review',
      has_changes: false,
      files: [],
      summary: { added: 0, modified: 0, deleted: 0 },
    })
    appendFileSync(copiedFile(lab), 'of the project\n')
    writeFileSync(join(copiedFile(lab), '../new.md'), 'new\n')
    const { files, ...rest } = await reply(lab, 'diffArtifact', path)
    expect(rest).toMatchObject({ has_changes: true, summary: { added: 1, modified: 1, deleted: 0 } })
    expect(files).toEqual([
      {
        file_path: 'SKILL.md',
        status: 'modified',
        unified_diff: expect.stringMatching(
          /^--- a\/SKILL\.md\n\+\+\+ b\/SKILL\.md\n@@ -[\s\S]*\n\+of the project\n$/,
        ),
      },
      {
        file_path: 'new.md',
        status: 'added',
        unified_diff: '--- /dev/null\n+++ b/new.md\n@@ -0,0 +1 @@\n+new\n',
      },
    ])
    const plain = await reply(lab, 'diffArtifact', `${path}&include_unified_diff=false&file_paths=new.md`)
    expect(plain.files).toEqual([{ file_path: 'new.md', status: 'added', unified_diff: null }])
    const counted = await reply(lab, 'diffArtifact', `${path}&summary_only=true`)
    expect(counted).toMatchObject({ files: [], has_changes: true, summary: { added: 1, modified: 1 } })
    // The copy is not one of what another collection calls the same.
    await lab.daemon.call('collections.create', { name: 'other' })
    await lab.daemon.call('collections.add', {
      collection: 'other',
      spec: join(libraryOf(lab), 'skills/code-review'),
    })
    expect(await lab.json(`${path}&collection=other`)).toMatchObject({
      status: 404,
      body: { error: 'sync.not_deployed' },
    })
    rmSync(join(copiedFile(lab), '..'), { recursive: true })
    await lab.post('/api/v1/cache/refresh', { force: true })
    expect(await lab.json(path)).toMatchObject({ status: 404, body: { error: 'sync.not_deployed' } })
    expect(await lab.json(`${REVIEW}/diff`)).toMatchObject({ status: 422 })
    expect(await lab.json(`${REVIEW}/diff?project_path=no-project`)).toMatchObject({ status: 404 })
    await refusesUnknown(lab, 'GET', '/diff?project_path=notes')
  },

  async diffArtifactUpstream(lab) {
    const { items } = (await lab.json('/api/v1/cache/artifacts?limit=500')).body
    const copy = items.find(
      (item: { name: string; local_modified: boolean }) => item.name === 'code-review' && item.local_modified,
    )
    const diff = await reply(lab, 'diffArtifactUpstream', `${ARTIFACTS}/${copy.id}/upstream-diff`)
    expect(diff).toMatchObject({ has_changes: true, summary: { added: 0, modified: 1, deleted: 0 } })
    expect(diff.files[0].unified_diff).toMatch(/^--- a\/SKILL\.md\n/)
    // What is in the sample's collection came from no place that can be asked.
    expect(await lab.json(`${REVIEW}/upstream-diff`)).toMatchObject({
      body: { error: 'artifact.no_upstream_files' },
    })
    await refusesUnknown(lab, 'GET', '/upstream-diff')
  },

  async discoverArtifacts(lab) {
    lab.daemon.write('projects/notes/.claude/skills/found-here/SKILL.md', skill('found-here'))
    await lab.post('/api/v1/cache/refresh', { force: true })
    const path = `${ARTIFACTS}/discover`
    const found = await reply(lab, 'discoverArtifacts', path, {
      scan_path: join(lab.daemon.home, 'projects/notes'),
    })
    expect(found.artifacts).toContainEqual({
      type: 'skill',
      name: 'found-here',
      source: null,
      path: join(lab.daemon.home, 'projects/notes/.claude/skills/found-here'),
      importable: true,
      skip_reason: null,
    })
    expect(found).toMatchObject({ discovered_count: found.artifacts.length })
    expect((await lab.json(`${ARTIFACTS}/skill:found-here`)).status).toBe(404)
    expect(await lab.post(path, {})).toMatchObject({ status: 422 })
  },

  async discoverProjectArtifacts(lab) {
    lab.daemon.write('projects/notes/.claude/skills/found-here/SKILL.md', skill('found-here'))
    await lab.post('/api/v1/cache/refresh', { force: true })
    const found = await reply(lab, 'discoverProjectArtifacts', `${ARTIFACTS}/discover/project/notes`)
    const names = found.artifacts.filter(({ importable }: { importable: boolean }) => importable)
    expect(names).toContainEqual(expect.objectContaining({ name: 'found-here' }))
    expect(found.importable_count).toBe(names.length)
    expect(await lab.post(`${ARTIFACTS}/discover/project/none`, {})).toMatchObject({
      status: 404,
      body: { error: 'project.not_found' },
    })
  },

  async importDiscovered(lab) {
    lab.daemon.write('projects/notes/.claude/skills/found-here/SKILL.md', skill('found-here'))
    await lab.post('/api/v1/cache/refresh', { force: true })
    const path = `${ARTIFACTS}/discover/import`
    const body = { project_path: 'notes', artifacts: [{ name: 'found-here' }] }
    expect(await reply(lab, 'importDiscovered', path, body)).toMatchObject({
      total_requested: 1,
      total_imported: 1,
      total_skipped: 0,
      results: [{ artifact_id: 'skill:found-here', status: 'success', skip_reason: null }],
    })
    expect((await lab.json(`${ARTIFACTS}/skill:found-here`)).body).toMatchObject({ collections: ['default'] })
    expect(await lab.post(path, { ...body, artifacts: [{ name: 'none' }] })).toMatchObject({ status: 404 })
    expect(await lab.post(path, { ...body, artifacts: [] })).toMatchObject({ status: 422 })
    expect(await lab.post(path, body, 'read')).toMatchObject({ status: 403 })
  },
}
