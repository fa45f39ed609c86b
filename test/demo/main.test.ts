import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const run = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], { encoding: 'utf8' })

describe('npm run demo:projects', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'smd-demo-main-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('prints what it made on stdout and its progress on stderr', () => {
    const done = run('--count', '2', '--artifacts-per-project', '20', '--out', path.join(folder, 'out'))
    expect(done.status).toBe(0)
    expect(done.stdout).toContain('2 projects')
    expect(done.stdout).toMatch(/by type: {2}agent \d+/)
    expect(done.stderr).toContain('2 of 2 projects')
    expect(existsSync(path.join(folder, 'out/home/.claude.json'))).toBe(true)
  })

  it('explains itself when an argument is missing', () => {
    const done = run('--count', '2')
    expect(done.status).toBe(2)
    expect(done.stderr).toContain('--out DIR')
  })

  it('refuses a folder with something in it, in one line', () => {
    writeFileSync(path.join(folder, 'letter.txt'), 'dear')
    const done = run('--count', '1', '--out', folder)
    expect(done.status).toBe(1)
    expect(done.stderr).toBe(`${folder} is not empty and was not made by this command; give another folder\n`)
  })
})
