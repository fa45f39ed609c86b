import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createWorkerEngine } from '../../../../daemon/domains/cache/worker-engine.ts'

describe('the end of a worker engine', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  const setUp = () => {
    const folder = mkdtempSync(join(tmpdir(), 'smd-engine-'))
    folders.push(folder)
    const dbFile = join(folder, 'cache.db')
    const engine = createWorkerEngine({
      dbFile: () => dbFile,
      scannerCount: () => 1,
      onCorrupt: () => undefined,
    })
    return { engine, dbFile }
  }

  it('waits for its threads and refuses what comes later, so that nothing starts a thread again (L7)', async () => {
    const { engine } = setUp()
    expect(await engine.write('clear', {})).toEqual({ removedProjects: 0, removedArtifacts: 0 })
    await engine.close()
    const refused = { slug: 'daemon.stopping' }
    await expect(engine.write('clear', {})).rejects.toMatchObject(refused)
    await expect(engine.validate('/', 'standard')).rejects.toMatchObject(refused)
  })

  it('has nothing to wait for when it never began', async () => {
    const { engine, dbFile } = setUp()
    await engine.close()
    await expect(engine.write('check', {})).rejects.toMatchObject({ slug: 'daemon.stopping' })
    expect(existsSync(dbFile)).toBe(false)
  })
})
