import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolderDurably, syncFolder, writeDurably } from '../../../../daemon/kernel/fs/durable.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'smd-durable-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('makeFolderDurably', () => {
  it('makes what is missing, private, and is content with what is there', async () => {
    const folder = join(root, 'a', 'b', 'c')
    await makeFolderDurably(folder)
    for (const path of [folder, join(root, 'a')]) expect(statSync(path).mode & 0o777).toBe(0o700)
    await makeFolderDurably(folder)
    await makeFolderDurably('/')
  })

  it('fails where a file is in the way', async () => {
    await writeDurably(join(root, 'a'), '')
    await expect(makeFolderDurably(join(root, 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

describe('writeDurably', () => {
  it('writes a private file, and only a new one', async () => {
    const path = join(root, 'a')
    await writeDurably(path, 'one')
    expect(readFileSync(path, 'utf8')).toBe('one')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await expect(writeDurably(path, 'two')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(path, 'utf8')).toBe('one')
  })
})

describe('syncFolder', () => {
  it('fails for a folder that is not there', async () => {
    await syncFolder(root)
    await expect(syncFolder(join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
