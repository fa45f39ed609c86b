import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ownFolders, watchFolders } from '../support/untouched-machine.ts'
import { read } from './sources.ts'

describe('the folders of whoever runs the tests (CACHE-1.5c, CACHE-2.5c)', () => {
  it('are watched by every run, which fails when a test makes one', () => {
    expect(read('vitest.config.ts')).toContain("globalSetup: './test/support/untouched-machine.ts'")
    const home = mkdtempSync(join(tmpdir(), 'smd-home-'))
    onTestFinished(() => rmSync(home, { recursive: true }))
    const folders = ownFolders({}, home)
    mkdirSync(folders[0] as string, { recursive: true })
    const end = watchFolders(folders)
    expect(end).not.toThrow()
    mkdirSync(join(home, '.skillmeat'))
    expect(end).toThrow(`folders: ${join(home, '.skillmeat')}`)
  })
})
