import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createGithubToken } from '../../../../../daemon/domains/upstream/providers/github-token.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-token-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const signal = new AbortController().signal

/** A folder with a `gh` that notes how it was called. */
function fakeGh(script: string): { PATH: string; calls(): string[] } {
  const folder = mkdtempSync(join(scratch, 'bin-'))
  const log = join(folder, 'log')
  writeFileSync(log, '')
  writeFileSync(
    join(folder, 'gh'),
    `#!/bin/sh\necho "$@ [$GITHUB_TOKEN$AWS_SECRET$XDG_CONFIG_HOME]" >> '${log}'\n${script}\n`,
  )
  chmodSync(join(folder, 'gh'), 0o755)
  return { PATH: folder, calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
}

describe('the token for GitHub', () => {
  it('is the first that the environment names', async () => {
    const gh = fakeGh('echo gho_ofTheProgram')
    const env = {
      SMD_GITHUB_TOKEN: '',
      GITHUB_TOKEN: ' first-token ',
      GH_TOKEN: 'second-token',
      PATH: gh.PATH,
    }
    expect(await createGithubToken(env).get(signal)).toBe('first-token')
    expect(await createGithubToken({ ...env, SMD_GITHUB_TOKEN: 'own-token' }).get(signal)).toBe('own-token')
    expect(await createGithubToken({ ...env, GITHUB_TOKEN: '' }).get(signal)).toBe('second-token')
    expect(gh.calls()).toEqual([])
  })

  it('else is that of gh, which is asked once and sees no other secret', async () => {
    const gh = fakeGh('echo gho_ofTheProgram')
    const patient = { after: () => () => undefined }
    const token = createGithubToken({ PATH: gh.PATH, AWS_SECRET: 'x', XDG_CONFIG_HOME: '/c' }, patient)
    const all = await Promise.all([token.get(signal), token.get(signal), token.get(signal)])
    expect(all).toEqual(Array(3).fill('gho_ofTheProgram'))
    expect(gh.calls()).toEqual(['auth token --hostname github.com [/c]'])
  })

  it.each([
    ['fails', 'echo no >&2; exit 1'],
    ['says nothing', 'exit 0'],
    ['says what is no token', 'echo "To log in, run: gh auth login"'],
  ])('is none when gh %s', async (_, script) => {
    const gh = fakeGh(script)
    const PATH = `${gh.PATH}:${process.env.PATH}`
    expect(await createGithubToken({ PATH }).get(signal)).toBeNull()
  })

  it('is none when gh does not end', async () => {
    const gh = fakeGh('exec sleep 60')
    const timers = { after: (_: number, ring: () => void) => clearImmediate.bind(null, setImmediate(ring)) }
    const token = createGithubToken({ PATH: `${gh.PATH}:${process.env.PATH}` }, timers)
    expect(await token.get(signal)).toBeNull()
  })

  it('is none without gh', async () => {
    expect(await createGithubToken({ PATH: join(scratch, 'nothing') }).get(signal)).toBeNull()
  })

  it('is none once it was refused', async () => {
    const token = createGithubToken({ GITHUB_TOKEN: 'some-token' })
    token.reject()
    expect(await token.get(signal)).toBeNull()
  })

  it.each(['short', 'with space inside', 'with\nbreak-inside', 'x'.repeat(513)])(
    'is none that breaks a header: %j',
    async (text) => {
      expect(await createGithubToken({ GITHUB_TOKEN: text, PATH: '' }).get(signal)).toBeNull()
    },
  )
})
