/** Examples of the routes of snapshots, on the sample. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RestLab } from '../../../support/rest-lab.ts'
import { reply, time } from '../../../support/rest-reply.ts'

const NONE = '20200101-000000-000000'

export const snapshotExamples: Record<string, (lab: RestLab) => Promise<void>> = {
  async listSnapshots(lab) {
    const ids: string[] = []
    for (const message of ['one', 'two'])
      ids.unshift((await lab.daemon.call('snapshots.create', { message })).id)
    const { items, page_info: page } = await reply(lab, 'listSnapshots', '/api/v1/versions/snapshots?limit=1')
    expect(items).toEqual([
      expect.objectContaining({ id: ids[0], message: 'two', collection_name: 'default', timestamp: time }),
    ])
    const next = `/api/v1/versions/snapshots?after=${encodeURIComponent(page.end_cursor)}`
    expect((await reply(lab, 'listSnapshots', next)).items[0].id).toBe(ids[1])
  },

  async getSnapshot(lab) {
    const { id } = await lab.daemon.call('snapshots.create', { message: 'one' })
    const path = '/api/v1/versions/snapshots'
    expect(await reply(lab, 'getSnapshot', `${path}/${id}`)).toMatchObject({ id, automatic: false })
    expect(await lab.json(`${path}/20200101-000000-000000`)).toMatchObject({ status: 404 })
  },

  async analyzeRollback(lab) {
    const { id } = await lab.daemon.call('snapshots.create', { message: 'one' })
    appendFileSync(
      join(lab.daemon.home, '.skillmeat/collections/default/skills/code-review/SKILL.md'),
      'edited\n',
    )
    const path = `/api/v1/versions/snapshots/${id}/rollback-analysis`
    // What was edited stays, as `rollback` does it unless told otherwise.
    expect(await reply(lab, 'analyzeRollback', path)).toMatchObject({ files_safe_to_restore: [] })
    await lab.daemon.call('collections.remove', { name: 'api-errors' })
    expect(await reply(lab, 'analyzeRollback', path)).toMatchObject({
      is_safe: true,
      files_with_conflicts: [],
      files_safe_to_restore: expect.arrayContaining(['skills/api-errors/SKILL.md']),
    })
  },

  async rollback(lab) {
    const file = join(lab.daemon.home, '.skillmeat/collections/default/skills/code-review/SKILL.md')
    const before = readFileSync(file, 'utf8')
    const { id } = await lab.daemon.call('snapshots.create', { message: 'one' })
    appendFileSync(file, 'edited\n')
    const path = `/api/v1/versions/snapshots/${id}/rollback`
    const body = { preserve_changes: false, selective_paths: ['skills/code-review'] }
    expect(await reply(lab, 'rollback', path, body)).toMatchObject({
      success: true,
      files_merged: [],
      files_restored: ['skills/code-review/SKILL.md'],
      safety_snapshot_id: expect.any(String),
    })
    expect(readFileSync(file, 'utf8')).toBe(before)
  },

  async createSnapshot(lab) {
    const path = '/api/v1/versions/snapshots'
    const made = await reply(lab, 'createSnapshot', path, { message: 'by hand' })
    expect(made).toMatchObject({ message: 'by hand', collection_name: 'default', automatic: false })
    expect((await lab.json(`${path}/${made.id}`)).body).toEqual(made)
    expect(await reply(lab, 'createSnapshot', path)).toMatchObject({ message: '' })
    expect(await lab.post(path, { message: 'x'.repeat(501) })).toMatchObject({ status: 422 })
    expect(await lab.post(path, { collection_name: 'none' })).toMatchObject({ status: 404 })
    expect(await lab.post(path, {}, 'read')).toMatchObject({ status: 403 })
  },

  async diffSnapshots(lab) {
    const folder = join(lab.daemon.home, '.skillmeat/collections/default/skills/code-review')
    const first = (await lab.daemon.call('snapshots.create', {})).id
    appendFileSync(join(folder, 'SKILL.md'), 'one\ntwo\n')
    writeFileSync(join(folder, 'new.md'), 'three\n')
    const second = (await lab.daemon.call('snapshots.create', {})).id
    const path = '/api/v1/versions/snapshots/diff'
    const there = await reply(lab, 'diffSnapshots', path, { snapshot_id_1: first, snapshot_id_2: second })
    expect(there).toEqual({
      files_added: ['skills/code-review/new.md'],
      files_removed: [],
      files_modified: ['skills/code-review/SKILL.md'],
      total_lines_added: 3,
      total_lines_removed: 0,
    })
    const back = await reply(lab, 'diffSnapshots', path, { snapshot_id_1: second, snapshot_id_2: first })
    expect(back).toMatchObject({ files_removed: there.files_added, total_lines_removed: 3 })
    rmSync(join(folder, 'new.md'))
    expect(await reply(lab, 'diffSnapshots', path, { snapshot_id_1: second })).toMatchObject({
      files_removed: ['skills/code-review/new.md'],
    })
    expect(await lab.post(path, { snapshot_id_1: first, snapshot_id_2: NONE })).toMatchObject({
      status: 404,
      body: { error: 'snapshot.not_found' },
    })
    expect(await lab.post(path, { snapshot_id_1: '../x' })).toMatchObject({ status: 422 })
  },

  async deleteSnapshot(lab) {
    const { id } = await lab.daemon.call('snapshots.create', {})
    const path = `/api/v1/versions/snapshots/${id}`
    await reply(lab, 'deleteSnapshot', path)
    expect(await lab.json(path)).toMatchObject({ status: 404 })
    expect(await lab.send('DELETE', path)).toMatchObject({
      status: 404,
      body: { error: 'snapshot.not_found' },
    })
    expect(await lab.send('DELETE', '/api/v1/versions/snapshots/x')).toMatchObject({ status: 422 })
  },
}
