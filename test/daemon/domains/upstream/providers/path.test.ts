import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createProviders } from '../../../../../daemon/domains/upstream/providers/index.ts'
import type { UpstreamQuery } from '../../../../../daemon/domains/upstream/source.ts'
import { corpusPart } from '../../../../support/corpus.ts'
import { idsOf } from '../../../../support/folder-truth.ts'
import { quickNet } from '../../../../support/loopback.ts'
import { git, initRepository } from '../../../../support/upstream-repo.ts'

const home = mkdtempSync(join(tmpdir(), 'smd-path-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const signal = new AbortController().signal
const providers = createProviders({
  net: { ...quickNet(), offline: true },
  home,
  tempDir: home,
  now: () => 0,
  env: {},
})
const queryOf = (path: string, paths: string[], more: Partial<UpstreamQuery> = {}): UpstreamQuery => ({
  source: { kind: 'path', path },
  paths,
  bases: [],
  validator: null,
  ...more,
})

/** A repository of a new folder with everything in it that git treats in a way of its own. */
function strangeFolder(name: string): string {
  const dir = join(home, name)
  initRepository(dir)
  cpSync(join(corpusPart('wshobson'), 'plugins/python-development'), join(dir, 'plugin'), { recursive: true })
  for (const folder of ['a', 'a-b', 'deep/er', 'empty/folder'])
    mkdirSync(join(dir, folder), { recursive: true })
  for (const file of ['a/x', 'a-b/x', 'a.b', 'a0', 'deep/er/ünï ✓', 'deep/crlf'])
    writeFileSync(join(dir, file), `${file}\r\n`)
  writeFileSync(join(dir, 'run.sh'), '#!/bin/sh\n')
  chmodSync(join(dir, 'run.sh'), 0o755)
  symlinkSync('../a/x', join(dir, 'deep/link'))
  symlinkSync('nowhere', join(dir, 'dangling'))
  symlinkSync('.', join(dir, 'loop'))
  git(dir, 'add', '--all', '--force', '.')
  git(dir, 'commit', '-q', '-m', 'all')
  return dir
}

describe('a folder of this machine', () => {
  it('has the ids that git gives', async () => {
    const dir = strangeFolder('all')
    const truth = idsOf(dir, 'HEAD')
    const paths = [...truth.keys()]
    expect(paths.length).toBeGreaterThan(30)
    const answer = await providers.ask(queryOf(dir, [...paths, 'empty', 'none', 'a/x/y', '.git']), signal)
    expect(answer).toMatchObject({
      version: null,
      revision: null,
      items: [
        ...paths.map((path) => ({ path, digest: truth.get(path) })),
        ...['empty', 'none', 'a/x/y'].map((path) => ({ path, digest: null })),
        { path: '.git' },
      ],
    })
  })

  it('is compared as it lies there, committed or not', async () => {
    const dir = strangeFolder('edited')
    const before = await providers.ask(queryOf(dir, ['a', 'deep']), signal)
    if (before.kind === 'unchanged') return expect.fail('nothing was known')
    const again = queryOf(dir, ['a', 'deep'], { validator: before.validator })
    expect(await providers.ask(again, signal)).toEqual({ kind: 'unchanged' })
    writeFileSync(join(dir, 'a/x'), 'other')
    const after = await providers.ask(again, signal)
    if (after.kind === 'unchanged') return expect.fail('something changed')
    expect(after.items[0]?.digest).not.toBe(before.items[0]?.digest)
    expect(after.items[1]).toEqual(before.items[1])
  })

  it('may be named from home, and asks nobody', async () => {
    mkdirSync(join(home, 'mine/skill'), { recursive: true })
    writeFileSync(join(home, 'mine/skill/SKILL.md'), 'x')
    const [there, here] = await Promise.all(
      ['~/mine', join(home, 'mine')].map((path) => providers.ask(queryOf(path, ['skill']), signal)),
    )
    expect(there).toEqual(here)
    expect(providers.requests).toBe(0)
  })

  it('has no older revisions', async () => {
    const dir = strangeFolder('bases')
    const bases = [{ revision: 'HEAD', paths: ['a'] }]
    expect(await providers.ask(queryOf(dir, ['a'], { bases }), signal)).toMatchObject({
      kind: 'answer',
      bases: [{ revision: 'HEAD', items: [{ path: 'a', digest: null }] }],
    })
  })

  it.each([
    ['not_found', join(home, 'none')],
    ['not_found', import.meta.filename],
    ['unsupported', 'relative'],
    ['unsupported', '~other/x'],
    ['unsupported', ''],
  ])('%s: "%s"', async (reason, path) => {
    await expect(providers.ask(queryOf(path, ['']), signal)).rejects.toMatchObject({ reason })
  })

  it('unsupported: it holds more than anybody would read for an id', async () => {
    const dir = join(home, 'many')
    mkdirSync(dir)
    for (let i = 0; i <= 10_000; i++) writeFileSync(join(dir, String(i)), '')
    await expect(providers.ask(queryOf(dir, ['']), signal)).rejects.toMatchObject({ reason: 'unsupported' })
  })
})
