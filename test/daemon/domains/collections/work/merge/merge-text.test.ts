import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type Favour, mergeText } from '../../../../../../daemon/domains/collections/work/merge/merge-text.ts'
import { listSkillFiles } from '../../../../../support/corpus.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-merge-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const RUNS = Number(process.env.SMD_TEST_MERGES ?? 300)
/** For the test runner: each case starts git, on a machine that may be busy. */
const patience = 60_000 + RUNS * 200

type Texts = { base: string; local: string; remote: string }

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** What git makes of it. */
function gitMerge({ base, local, remote }: Texts, favour?: Favour): { content: string; conflicts: number } {
  const files = { local, base, remote }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch, name), bytes(text))
  const labels = ['LOCAL (current)', 'BASE', 'REMOTE (incoming)'].flatMap((label) => ['-L', label])
  const favours = { local: '--ours', remote: '--theirs' }
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['merge-file', '-p', ...(favour ? [favours[favour]] : []), ...labels, ...Object.keys(files)],
    { cwd: scratch, env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null' }, maxBuffer: 1e9 },
  )
  expect(stderr.toString()).toBe('')
  return { content: stdout.toString('latin1'), conflicts: status as number }
}

/** git has no room for more in its exit status. */
const MOST_COUNTED = 127

function expectAsGit(texts: Texts, favour?: Favour): void {
  const { content, conflicts } = mergeText(bytes(texts.base), bytes(texts.local), bytes(texts.remote), favour)
  expect({ content: content.toString('latin1'), conflicts: Math.min(conflicts, MOST_COUNTED) }).toEqual(
    gitMerge(texts, favour),
  )
}

/** Few different lines, so that changes meet, slide and match by accident; with every kind of end. */
const line = fc.constantFrom('a', 'b', 'c', 'd', '', ' ', '}', '=======', 'é', '\r', '\x00b')
const end = fc.constantFrom('\n', '\n', '\n', '\n', '\r\n')
const lines = (maxLength: number): fc.Arbitrary<string[]> =>
  fc.array(
    fc.tuple(line, end).map(([content, ending]) => content + ending),
    { maxLength },
  )
const tail = fc.constantFrom('', '', '', 'tail', '\r')

type Edit = { at: number; remove: number; insert: string[] }
const edits = (inserted: fc.Arbitrary<string>, most: number): fc.Arbitrary<Edit[]> =>
  fc.array(fc.record({ at: fc.nat(400), remove: fc.nat(4), insert: fc.array(inserted, { maxLength: 4 }) }), {
    maxLength: most,
  })

function edited(text: string, list: readonly Edit[]): string {
  const parts = text.split(/(?<=\n)/)
  for (const { at, remove, insert } of list) parts.splice(at % (parts.length + 1), remove, ...insert)
  return parts.join('')
}

/** Both sides begin with some changes in common, as after an earlier merge. */
const histories = (
  base: fc.Arbitrary<string>,
  inserted: fc.Arbitrary<string>,
  most: number,
): fc.Arbitrary<Texts> =>
  fc
    .tuple(base, edits(inserted, 2), edits(inserted, most), edits(inserted, most))
    .map(([text, common, mine, theirs]) => ({
      base: text,
      local: edited(edited(text, common), mine),
      remote: edited(edited(text, common), theirs),
    }))

const shortText = fc.tuple(lines(30), tail).map(([parts, last]) => parts.join('') + last)
/** No NUL: git refuses what it takes for binary. */
const isText = ({ base, local, remote }: Texts): boolean =>
  ![base, local, remote].some((t) => t.includes('\0'))

describe('mergeText', () => {
  it(
    'is equal to git merge-file for any three texts and for random histories of edits',
    () => {
      const any = fc.record({ base: shortText, local: shortText, remote: shortText })
      const edit = fc.tuple(line, end).map(([content, ending]) => content + ending)
      fc.assert(
        fc.property(
          fc.oneof(any, histories(shortText, edit, 5), histories(shortText, edit, 2)).filter(isText),
          (texts) => expectAsGit(texts),
        ),
        { numRuns: Math.ceil(RUNS * 0.6) },
      )
    },
    patience,
  )

  it(
    'is equal to git merge-file for edits of real skills',
    () => {
      const skills = listSkillFiles('wshobson').map((file) => readFileSync(file, 'latin1'))
      expect(skills.length).toBeGreaterThan(50)
      const base = fc.nat(skills.length - 1).map((which) => skills[which] as string)
      const own = fc.string({ maxLength: 12 }).map((text) => `${text}\n`)
      const taken = fc
        .tuple(fc.nat(skills.length - 1), fc.nat(200))
        .map(([which, at]) => (skills[which] as string).split(/(?<=\n)/)[at] ?? '\n')
      fc.assert(
        fc.property(histories(base, fc.oneof(own, taken), 12).filter(isText), (texts) => expectAsGit(texts)),
        { numRuns: Math.ceil(RUNS * 0.3) },
      )
    },
    patience,
  )

  it(
    'is equal to git merge-file where one side wins all conflicts',
    () => {
      const edit = fc.tuple(line, end).map(([content, ending]) => content + ending)
      fc.assert(
        fc.property(
          histories(shortText, edit, 5).filter(isText),
          fc.constantFrom('local', 'remote'),
          (texts, favour) => expectAsGit(texts, favour as Favour),
        ),
        { numRuns: Math.ceil(RUNS * 0.1) },
      )
    },
    patience,
  )

  const count = (n: number, make: (i: number) => string): string =>
    Array.from({ length: n }, (_, i) => `${make(i)}\n`).join('')

  it.each<[string, Texts]>([
    ['nothing at all', { base: '', local: '', remote: '' }],
    ['both adding to nothing', { base: '', local: 'a\n', remote: 'b\n' }],
    ['both adding the same to nothing', { base: '', local: 'a\n', remote: 'a\n' }],
    ['one emptying what the other changes', { base: 'a\nb\n', local: '', remote: 'a\nc\n' }],
    ['the same change on both sides', { base: 'a\nb\nc\n', local: 'a\nX\nc\n', remote: 'a\nX\nc\n' }],
    ['changes side by side', { base: 'a\nb\nc\nd\n', local: 'a\nB\nc\nd\n', remote: 'a\nb\nC\nd\n' }],
    ['a missing line end on one side', { base: 'a\nb\n', local: 'a\nb', remote: 'a\nb\nc\n' }],
    ['missing line ends in a conflict', { base: 'a', local: 'b', remote: 'c' }],
    ['CRLF', { base: 'a\r\nb\r\n', local: 'a\r\nx\r\n', remote: 'a\r\ny\r\n' }],
    ['CRLF against LF', { base: 'a\r\nb\r\n', local: 'a\nb\n', remote: 'a\r\ny\r\n' }],
    [
      'a line end style changed by one side and a line by the other',
      { base: 'a\nb\nc\n', local: 'a\r\nb\r\nc\r\n', remote: 'a\nX\nc\n' },
    ],
    [
      'long texts with nothing in common',
      {
        base: count(3_000, (i) => `b${i}`),
        local: count(3_000, (i) => `l${i}`),
        remote: count(3_000, (i) => `r${i}`),
      },
    ],
    [
      'long texts of few different lines, where the shortest way is too dear',
      {
        base: count(4_000, (i) => `${((i * 7 + (i % 3)) % 5) % 3}`),
        local: count(4_100, (i) => `${((i * 5 + (i % 7)) % 11) % 3}`),
        remote: count(3_900, (i) => `${((i * 3 + (i % 4)) % 7) % 3}`),
      },
    ],
    [
      'long texts with long equal runs at other places',
      {
        base: count(6_000, (i) => `${i}`),
        local: count(6_000, (i) => `${(i + 2_500) % 6_000}`),
        remote: count(6_000, (i) => (i % 9 === 0 ? `x${i}` : `${i}`)),
      },
    ],
    [
      'blank lines among many changes',
      {
        base: count(900, (i) => (i % 2 ? '' : `b${i}`)),
        local: count(900, (i) => (i % 2 ? '' : i % 40 ? `l${i}` : `b${i}`)),
        remote: count(900, (i) => (i % 3 ? (i % 2 ? '' : `b${i}`) : `r${i}`)),
      },
    ],
  ])('is equal to git merge-file for %s', (_, texts) => {
    expectAsGit(texts)
  })

  it('marks a conflict as the formats spec says, and tells whose the other changes are', () => {
    const merged = mergeText(
      bytes('one\ntwo\nthree\nfour\nfive\nsix\nseven\n'),
      bytes('ONE\ntwo\nthree\nfour\nlocal\nsix\nseven\n'),
      bytes('one\ntwo\nthree\nfour\nremote\nsix\nSEVEN\n'),
    )
    expect(merged.content.toString()).toBe(
      'ONE\ntwo\nthree\nfour\n<<<<<<< LOCAL (current)\nlocal\n=======\nremote\n>>>>>>> REMOTE (incoming)\nsix\nSEVEN\n',
    )
    expect(merged.regions.map(({ from }) => from)).toEqual(['local', 'conflict', 'remote'])
  })
})
