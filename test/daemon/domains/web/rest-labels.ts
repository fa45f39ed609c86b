/** Examples of the routes of tags and groups, on the sample. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RestLab } from '../../../support/rest-lab.ts'
import { artifactId, reply } from '../../../support/rest-reply.ts'

const TAGS = '/api/v1/tags'
const GROUPS = '/api/v1/groups'
const REVIEW = 'skill:code-review'

const names = (tags: Array<{ name: string }>): string[] => tags.map(({ name }) => name)

/** Ids of the members of a group, in their order. */
const membersOf = ({ artifacts }: { artifacts: Array<{ artifact_id: string }> }): string[] =>
  artifacts.map(({ artifact_id }) => artifact_id)

/** Artifacts of the active collection, `type:name`. */
async function held(lab: RestLab): Promise<string[]> {
  const { artifacts } = await lab.daemon.call('collections.show', {})
  return artifacts.map(({ type, name }) => `${type}:${name}`)
}

export const labelExamples: Record<string, (lab: RestLab) => Promise<void>> = {
  async listTags(lab) {
    await lab.daemon.call('tags.create', { name: 'Rest Tag', color: '#112233' })
    const { items } = await reply(lab, 'listTags', TAGS)
    expect(items).toContainEqual({
      id: 'rest-tag',
      name: 'Rest Tag',
      slug: 'rest-tag',
      color: '#112233',
      description: '',
      artifact_count: 0,
    })
  },

  async createTag(lab) {
    const made = await reply(lab, 'createTag', TAGS, { name: 'Rest Tag', slug: 'rt', color: '#112233' })
    expect(made).toMatchObject({ id: 'rt', name: 'Rest Tag', slug: 'rt', color: '#112233' })
    expect((await lab.json(TAGS)).body.items).toContainEqual(made)
    for (const again of [{ name: 'rest tag' }, { name: 'Other', slug: 'rt' }])
      expect(await lab.post(TAGS, again), JSON.stringify(again)).toMatchObject({
        status: 409,
        body: { error: 'tag.duplicate', code: 'CONFLICT' },
      })
    for (const wrong of [{}, { name: 'A', slug: 'No Slug' }, { name: 'A', color: 'blue' }, { name: '!!!' }])
      expect(await lab.post(TAGS, wrong), JSON.stringify(wrong)).toMatchObject({ status: 422 })
    expect(await lab.post(TAGS, { name: 'B' }, 'read')).toMatchObject({ status: 403 })
  },

  async searchTags(lab) {
    for (const name of ['Rest Tag', 'Other']) await lab.daemon.call('tags.create', { name })
    const { items } = await reply(lab, 'searchTags', `${TAGS}/search?q=rest`)
    expect(items.map(({ slug }: { slug: string }) => slug)).toEqual(['rest-tag'])
    expect(await lab.json(`${TAGS}/search`)).toMatchObject({ status: 422 })
  },

  async getTagBySlug(lab) {
    await lab.daemon.call('tags.create', { name: 'Rest Tag' })
    expect(await reply(lab, 'getTagBySlug', `${TAGS}/slug/rest-tag`)).toMatchObject({ name: 'Rest Tag' })
    for (const none of ['Rest%20Tag', 'none'])
      expect(await lab.json(`${TAGS}/slug/${none}`)).toMatchObject({
        status: 404,
        body: { error: 'tag.not_found', code: 'NOT_FOUND' },
      })
  },

  async getTag(lab) {
    await lab.daemon.call('tags.create', { name: 'Rest Tag' })
    for (const id of ['rest-tag', 'REST%20TAG'])
      expect(await reply(lab, 'getTag', `${TAGS}/${id}`), id).toMatchObject({ id: 'rest-tag' })
    expect(await lab.json(`${TAGS}/none`)).toMatchObject({ status: 404, body: { error: 'tag.not_found' } })
  },

  async updateTag(lab) {
    await lab.daemon.call('tags.assign', { artifacts: [REVIEW], add: ['Rest Tag', 'Other'] })
    const changed = await reply(lab, 'updateTag', `${TAGS}/rest-tag`, { name: 'Renamed', color: '#445566' })
    expect(changed).toMatchObject({ id: 'rest-tag', name: 'Renamed', color: '#445566', artifact_count: 1 })
    expect((await lab.json(`/api/v1/artifacts/${REVIEW}/tags`)).body).toContainEqual(changed)
    expect(await reply(lab, 'updateTag', `${TAGS}/rest-tag`, { color: null })).toEqual({
      ...changed,
      color: null,
    })
    expect(await lab.send('PUT', `${TAGS}/other`, { name: 'Renamed' })).toMatchObject({ status: 409 })
    expect(await lab.send('PUT', `${TAGS}/none`, { name: 'x' })).toMatchObject({ status: 404 })
    expect(await lab.send('PUT', `${TAGS}/other`, { color: 'blue' })).toMatchObject({ status: 422 })
  },

  async deleteTag(lab) {
    await lab.daemon.call('tags.assign', { artifacts: [REVIEW], add: ['Rest Tag'] })
    await reply(lab, 'deleteTag', `${TAGS}/rest-tag`)
    expect(await lab.send('DELETE', `${TAGS}/rest-tag`)).toMatchObject({ status: 404 })
    expect(names((await lab.json(`/api/v1/artifacts/${REVIEW}/tags`)).body)).not.toContain('Rest Tag')
    const file = join(lab.daemon.home, '.skillmeat/collections/default/collection.toml')
    const doubles = [['App', 'web'] as const, ['web', 'frontend'] as const].map(
      ([name, slug]) => `\n[[tag_definitions]]\nname = "${name}"\nslug = "${slug}"\n`,
    )
    appendFileSync(file, doubles.join(''))
    await lab.daemon.call('cache.refresh', { force: true })
    for (const method of ['GET', 'DELETE'])
      expect(await lab.send(method, `${TAGS}/web`), method).toMatchObject({
        status: 409,
        body: { error: 'tag.ambiguous', details: { candidates: ['App (web)', 'web (frontend)'] } },
      })
    await reply(lab, 'deleteTag', `${TAGS}/frontend`)
    expect((await lab.json(`${TAGS}/web`)).body).toMatchObject({ id: 'web', name: 'App' })
    // The search is no tag, whatever it may be called.
    expect(await lab.send('DELETE', `${TAGS}/search`)).toMatchObject({ status: 405 })
  },

  async listArtifactTags(lab) {
    await lab.daemon.call('tags.assign', { artifacts: [REVIEW], add: ['Rest Tag'] })
    const path = `/api/v1/artifacts/${REVIEW}/tags`
    const tags = await reply(lab, 'listArtifactTags', path)
    expect(tags).toContainEqual(
      expect.objectContaining({ id: 'rest-tag', name: 'Rest Tag', artifact_count: 1 }),
    )
    const { uuid } = (await lab.json(`/api/v1/artifacts/${REVIEW}`)).body
    for (const same of [
      `${path}?collection=default`,
      '/api/v1/artifacts/code-review/tags',
      `/api/v1/artifacts/${uuid}/tags`,
    ])
      expect(await reply(lab, 'listArtifactTags', same), same).toEqual(tags)
    expect(await lab.json('/api/v1/artifacts/skill:none/tags')).toMatchObject({
      status: 404,
      body: { error: 'collection.artifact_not_found' },
    })
    expect(await lab.json(`${path}?collection=none`)).toMatchObject({ status: 404 })
  },

  async setArtifactTags(lab) {
    await lab.daemon.call('tags.assign', { artifacts: [REVIEW], add: ['Before'] })
    const path = `/api/v1/artifacts/${REVIEW}/tags`
    const tags = await reply(lab, 'setArtifactTags', path, { tags: ['One', 'Two'] })
    expect(names(tags)).toEqual(['One', 'Two'])
    expect((await lab.json(path)).body).toEqual(tags)
    expect(await reply(lab, 'setArtifactTags', path, { tags: [] })).toEqual([])
    expect((await lab.json(path)).body).toEqual([])
    expect(await lab.send('PUT', path, {})).toMatchObject({ status: 422 })
    expect(await lab.send('PUT', '/api/v1/artifacts/none/tags', { tags: [] })).toMatchObject({ status: 404 })
  },

  async addArtifactTag(lab) {
    await lab.daemon.call('tags.create', { name: 'Rest Tag' })
    const path = `/api/v1/artifacts/${REVIEW}/tags`
    expect(names(await reply(lab, 'addArtifactTag', `${path}/rest-tag`))).toContain('Rest Tag')
    expect(names((await lab.json(path)).body)).toContain('Rest Tag')
    expect(await lab.post(`${path}/none`, {})).toMatchObject({
      status: 404,
      body: { error: 'tag.not_found' },
    })
    expect(await lab.post('/api/v1/artifacts/none/tags/rest-tag', {})).toMatchObject({
      status: 404,
      body: { error: 'label.unknown_artifact' },
    })
  },

  async removeArtifactTag(lab) {
    const path = `/api/v1/artifacts/${REVIEW}/tags`
    await lab.daemon.call('tags.assign', { artifacts: [REVIEW], add: ['Rest Tag'] })
    await reply(lab, 'removeArtifactTag', `${path}/rest-tag`)
    expect(names((await lab.json(path)).body)).not.toContain('Rest Tag')
    expect(await lab.send('DELETE', `${path}/none`)).toMatchObject({ status: 404 })
  },

  async listGroups(lab) {
    await lab.daemon.call('groups.create', { name: 'First', members: ['code-review'] })
    await lab.daemon.call('groups.create', { name: 'Second' })
    const { groups } = await reply(lab, 'listGroups', GROUPS)
    expect(groups.map(({ id }: { id: string }) => id)).toEqual(['default:First', 'default:Second'])
    expect(groups[0]).toMatchObject({ collection_id: 'default', color: 'slate', artifact_count: 1 })
    for (const query of ['search=first', 'artifact_id=skill:code-review'])
      expect((await reply(lab, 'listGroups', `${GROUPS}?${query}`)).groups, query).toEqual([groups[0]])
    expect(await reply(lab, 'listGroups', `${GROUPS}?collection_id=none`)).toEqual({ groups: [], total: 0 })
  },

  async createGroup(lab) {
    const made = await reply(lab, 'createGroup', GROUPS, {
      collection_id: 'default',
      name: 'First',
      description: 'One of them.',
      color: '#112233',
    })
    expect(made).toEqual({
      id: 'default:First',
      collection_id: 'default',
      name: 'First',
      description: 'One of them.',
      color: '#112233',
      icon: 'layers',
      position: 0,
      artifact_count: 0,
    })
    expect((await lab.json(GROUPS)).body.groups).toEqual([made])
    expect(await lab.post(GROUPS, { name: 'First' })).toMatchObject({
      status: 409,
      body: { error: 'group.duplicate' },
    })
    for (const wrong of [{}, { name: ' ' }, { name: 'A', color: 'none' }, { name: 'A', position: -1 }])
      expect(await lab.post(GROUPS, wrong), JSON.stringify(wrong)).toMatchObject({ status: 422 })
    expect(await lab.post(GROUPS, { name: 'A', collection_id: 'none' })).toMatchObject({ status: 404 })
  },

  async reorderGroups(lab) {
    for (const name of ['A', 'B', 'C', 'D']) await lab.daemon.call('groups.create', { name })
    const order = async (...groups: Array<[string, number]>): Promise<string> => {
      const body = { groups: groups.map(([id, position]) => ({ id, position })) }
      return names((await reply(lab, 'reorderGroups', `${GROUPS}/reorder`, body)).groups).join('')
    }
    expect(await order(['default:D', 0])).toBe('DABC')
    expect(await order(['D', 2])).toBe('ABDC')
    expect(await order(['C', 0], ['D', 1], ['A', 3], ['B', 2])).toBe('CDBA')
    expect(names((await lab.json(GROUPS)).body.groups).join('')).toBe('CDBA')
    const wrong = (id: string) =>
      lab.send('PUT', `${GROUPS}/reorder`, {
        groups: [
          { id: 'default:A', position: 0 },
          { id, position: 1 },
        ],
      })
    expect(await wrong('default:none')).toMatchObject({ status: 404, body: { error: 'group.not_found' } })
    expect(await wrong('other:A')).toMatchObject({
      status: 422,
      body: { validation_errors: [{ field: 'body.groups' }] },
    })
  },

  async getGroup(lab) {
    await lab.daemon.call('groups.create', { name: 'a: b', members: ['code-review'] })
    const shown = await reply(lab, 'getGroup', `${GROUPS}/${encodeURIComponent('default:a: b')}`)
    expect(shown).toMatchObject({
      name: 'a: b',
      artifacts: [{ artifact_id: 'skill:code-review', artifact_uuid: artifactId, position: 0 }],
    })
    expect(await lab.json(`${GROUPS}/none`)).toMatchObject({
      status: 404,
      body: { error: 'group.not_found' },
    })
  },

  async updateGroup(lab) {
    for (const name of ['First', 'Second']) await lab.daemon.call('groups.create', { name })
    const changed = await reply(lab, 'updateGroup', `${GROUPS}/default:Second`, {
      name: 'Third',
      icon: 'star',
      position: 0,
    })
    expect(changed).toMatchObject({ id: 'default:Third', icon: 'star', color: 'slate', position: 0 })
    expect(names((await lab.json(GROUPS)).body.groups)).toEqual(['Third', 'First'])
    expect(await lab.send('PUT', `${GROUPS}/First`, { name: 'Third' })).toMatchObject({ status: 409 })
    expect(await lab.send('PUT', `${GROUPS}/none`, {})).toMatchObject({ status: 404 })
    expect(await lab.send('PUT', `${GROUPS}/First`, { icon: 'No Icon' })).toMatchObject({ status: 422 })
  },

  async deleteGroup(lab) {
    await lab.daemon.call('groups.create', { name: 'First', members: ['code-review'] })
    await reply(lab, 'deleteGroup', `${GROUPS}/default:First`)
    expect((await lab.json(GROUPS)).body).toEqual({ groups: [], total: 0 })
    expect(await lab.send('DELETE', `${GROUPS}/default:First`)).toMatchObject({ status: 404 })
    expect(await held(lab)).toContain(REVIEW)
  },

  async copyGroup(lab) {
    await lab.daemon.call('collections.create', { name: 'other' })
    await lab.daemon.call('groups.create', { name: 'First', color: 'red', members: ['code-review'] })
    const path = `${GROUPS}/default:First/copy`
    expect(await reply(lab, 'copyGroup', path, { target_collection_id: 'other' })).toMatchObject({
      id: 'other:First',
      color: 'red',
    })
    expect(membersOf((await lab.json(`${GROUPS}/other:First`)).body)).toEqual([REVIEW])
    expect(await lab.post(path, { target_collection_id: 'other' })).toMatchObject({ status: 409 })
    expect(await lab.post(path, { target_collection_id: 'none' })).toMatchObject({ status: 404 })
    expect(await reply(lab, 'copyGroup', path, { name: 'Second' })).toMatchObject({ id: 'default:Second' })
  },

  async addGroupArtifacts(lab) {
    await lab.daemon.call('groups.create', { name: 'First' })
    const path = `${GROUPS}/default:First/artifacts`
    const [one, two] = (await held(lab)) as [string, string]
    expect(membersOf(await reply(lab, 'addGroupArtifacts', path, { artifact_ids: [one] }))).toEqual([one])
    const both = await reply(lab, 'addGroupArtifacts', path, { artifact_ids: [two], position: 0 })
    expect(membersOf(both)).toEqual([two, one])
    expect(both).toMatchObject({ artifact_count: 2 })
    expect(await lab.post(path, { artifact_ids: ['skill:none'] })).toMatchObject({
      status: 404,
      body: { error: 'label.unknown_artifact' },
    })
    expect(await lab.post(path, { artifact_ids: [] })).toMatchObject({ status: 422 })
  },

  async moveGroupArtifact(lab) {
    const [a, b, c] = (await held(lab)) as [string, string, string]
    await lab.daemon.call('groups.create', { name: 'First', members: [a, b, c] })
    const path = `${GROUPS}/default:First/artifacts`
    expect(membersOf(await reply(lab, 'moveGroupArtifact', `${path}/${c}`, { position: 1 }))).toEqual([
      a,
      c,
      b,
    ])
    const { artifacts } = (await lab.json(`${GROUPS}/default:First`)).body
    const byId = `${path}/${artifacts[1].artifact_uuid}`
    expect(membersOf(await reply(lab, 'moveGroupArtifact', byId, { position: 9 }))).toEqual([a, b, c])
    expect(await lab.send('PUT', `${path}/skill:none`, { position: 0 })).toMatchObject({ status: 404 })
    expect(await lab.send('PUT', `${path}/${a}`, {})).toMatchObject({ status: 422 })
  },

  async removeGroupArtifact(lab) {
    const [a, b] = (await held(lab)) as [string, string]
    await lab.daemon.call('groups.create', { name: 'First', members: [a, b] })
    const path = `${GROUPS}/default:First/artifacts/${a}`
    await reply(lab, 'removeGroupArtifact', path)
    expect(membersOf((await lab.json(`${GROUPS}/default:First`)).body)).toEqual([b])
    expect(await lab.send('DELETE', path)).toMatchObject({
      status: 404,
      body: { error: 'label.unknown_artifact' },
    })
    expect(await held(lab)).toContain(a)
  },

  async reorderGroupArtifacts(lab) {
    const [a, b, c] = (await held(lab)) as [string, string, string]
    await lab.daemon.call('groups.create', { name: 'First', members: [a, b, c] })
    const path = `${GROUPS}/default:First/reorder-artifacts`
    const order = (...ids: string[]) => ({
      artifacts: ids.map((artifact_uuid, position) => ({ artifact_uuid, position })),
    })
    expect(membersOf(await reply(lab, 'reorderGroupArtifacts', path, order(c, a, b)))).toEqual([c, a, b])
    expect(membersOf((await lab.json(`${GROUPS}/default:First`)).body)).toEqual([c, a, b])
    expect(await lab.post(path, order('skill:none'))).toMatchObject({ status: 404 })
    expect(await lab.post(path, order())).toMatchObject({ status: 422 })
  },
}
