/** Where a comparison ends that could go on for ever. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compareSides } from '../../../../../daemon/domains/cache/diff/compare.ts'
import {
  selectDiffRow,
  selectInCollection,
  selectPluginOf,
} from '../../../../../daemon/domains/cache/diff/diff-repo.ts'
import { diskSide } from '../../../../../daemon/domains/cache/diff/disk-side.ts'
import { type DiffRequest, runDiff } from '../../../../../daemon/domains/cache/diff/run-diff.ts'
import { noProviders } from '../../../../../daemon/domains/upstream/writer/index.ts'
import { openInMemory } from '../../../../../daemon/kernel/db/open.ts'
import { applyHunks } from '../../../../support/apply-hunks.ts'
import { fillWithArtifacts } from '../../../../support/many-artifacts.ts'
import { plansOf } from '../../../../support/query-plan.ts'

let left: string
let right: string
beforeEach(() => {
  left = mkdtempSync(join(tmpdir(), 'smd-left-'))
  right = mkdtempSync(join(tmpdir(), 'smd-right-'))
})
afterEach(() => {
  for (const folder of [left, right]) rmSync(folder, { recursive: true, force: true })
})

const limits = { maxArtifactBytes: 100_000_000, maxArtifactFiles: 1_000 }
const signal = new AbortController().signal
const sides = () =>
  Promise.all([left, right].map((path) => diskSide({ path, part: null }, 'content', limits, signal)))

describe('a comparison', () => {
  it('looks for the shortest way no more when its time is over; what it tells is true all the same', async () => {
    const texts = ['a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n', 'A\nb\nc\nd\ne\nf\ng\nh\ni\nJ\n'] as const
    for (const name of ['1', '2', '3']) {
      writeFileSync(join(left, name), texts[0])
      writeFileSync(join(right, name), texts[1])
    }
    let time = 0
    const [from, to] = await sides()
    if (!from || !to) return expect.fail('no sides')
    // Each look at the clock takes a second
    const slow = await compareSides(from, to, signal, { monotonic: () => (time += 1_000) })
    expect(slow.files.map(({ hunks }) => hunks?.length)).toEqual([2, 1, 1])
    for (const { hunks } of slow.files) expect(applyHunks(texts[0], hunks ?? [])).toBe(texts[1])
  })

  it('tells lines of files up to a bound, and of the others that they differ', async () => {
    for (let i = 0; i < 8; i++) writeFileSync(join(right, `${i}.txt`), `${'x'.repeat(99)}\n`.repeat(10_000))
    const [from, to] = await sides()
    if (!from || !to) return expect.fail('no sides')
    const { files } = await compareSides(from, to, signal)
    expect(files.map(({ hunks }) => hunks !== null)).toEqual([
      ...Array(4).fill(true),
      ...Array(4).fill(false),
    ])
  })

  it('fails for a folder of more files, or bytes, than an artifact may have', async () => {
    for (let i = 0; i < 3; i++) writeFileSync(join(left, `${i}`), 'xxx')
    const request: DiffRequest = {
      name: 'a',
      left: { kind: 'disk', path: left, part: null },
      right: { kind: 'disk', path: right, part: null },
      limits,
      net: { offline: true, timeoutMs: 1_000 },
    }
    const tools = { providers: noProviders, kept: null }
    await expect(
      runDiff({ ...request, limits: { ...limits, maxArtifactFiles: 2 } }, tools, signal),
    ).rejects.toMatchObject({ details: { path: left, reason: 'it has more than 2 files' } })
    await expect(
      runDiff({ ...request, limits: { ...limits, maxArtifactBytes: 8 } }, tools, signal),
    ).rejects.toMatchObject({ details: { reason: 'it has more than 8 bytes' } })
    await expect(runDiff(request, tools, AbortSignal.abort(new Error('nobody waits')))).rejects.toThrow(
      'nobody waits',
    )
  })

  it('does not wait for a source for ever', async () => {
    let ring = (): void => undefined
    const tools = {
      kept: null,
      providers: {
        ...noProviders,
        files: (_query: unknown, ended: AbortSignal) =>
          new Promise<never>((_, reject) => {
            ended.addEventListener('abort', () => reject(ended.reason))
            ring()
          }),
      },
      after: (ms: number, run: () => void) => {
        ring = () => (ms === 60_000 ? run() : expect.fail(`${ms} ms`))
        return () => undefined
      },
    }
    const source = { kind: 'github', owner: 'o', repo: 'r', ref: null } as const
    const place = { source, path: '', digest: 'a'.repeat(40), revision: null, inside: null }
    const request: DiffRequest = {
      name: 'a',
      left: { kind: 'disk', path: left, part: null },
      right: { kind: 'source', ...place },
      limits,
      net: { offline: false, timeoutMs: 1_000 },
    }
    await expect(runDiff(request, tools, signal)).rejects.toMatchObject({
      slug: 'artifact.no_upstream_files',
      details: { name: 'a', reason: 'its source did not answer in time' },
    })
  })
})

describe('the queries of a comparison', () => {
  it('search indexes', () => {
    const db = openInMemory()
    fillWithArtifacts(db, 20, 20)
    const plans = plansOf(db, (of) => {
      selectDiffRow(of, Buffer.alloc(8))
      selectPluginOf(of, 3)
      selectInCollection(of, 'main/artifact-3::skill')
    })
    expect(plans.join('\n')).not.toMatch(/^SCAN/m)
    db.close()
  })
})
