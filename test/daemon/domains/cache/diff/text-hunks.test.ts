import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { textHunks, textOf } from '../../../../../daemon/domains/cache/diff/text-hunks.ts'
import { applyHunks, countLines } from '../../../../support/apply-hunks.ts'
import { listSkillFiles } from '../../../../support/corpus.ts'

const scratch = mkdtempSync(join(tmpdir(), 'smd-hunks-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const RUNS = Number(process.env.SMD_TEST_RUNS ?? 100)
const ample = 60_000
/** For the test runner: each run of the slowest test starts git, on a machine that may be busy. */
const patience = 60_000 + RUNS * 1_000

/** What git counts between two texts. */
function numstat(left: string, right: string): { added: number; removed: number } {
  const [from, to] = [join(scratch, 'left'), join(scratch, 'right')]
  writeFileSync(from, left)
  writeFileSync(to, right)
  const args = ['diff', '--no-index', '--numstat', '--minimal', '--text', '--', from, to]
  try {
    execFileSync('git', args, {
      cwd: scratch,
      env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null' },
    })
    return { added: 0, removed: 0 }
  } catch (error) {
    // 1: they differ.
    const { status, stdout } = error as { status: number; stdout: Buffer }
    expect(status).toBe(1)
    const [added, removed] = stdout.toString().split('\t')
    return { added: Number(added), removed: Number(removed) }
  }
}

/** Few different lines, so that many are equal; with every kind of end, and what looks like a line of a patch. */
const line = fc.constantFrom(
  'a',
  'b',
  'c',
  '',
  ' ',
  '-',
  '+x',
  '\\ No newline at end of file',
  '@@ -1 +1 @@',
  'é',
  '\r',
  '\u2028',
)
const end = fc.constantFrom('\n', '\n', '\n', '\r\n')
const text = fc
  .tuple(fc.array(fc.tuple(line, end), { maxLength: 40 }), fc.constantFrom('', '', 'tail', '\r', '\uFEFF'))
  .map(([lines, tail]) => lines.map(([content, ending]) => content + ending).join('') + tail)

type Edit = { at: number; remove: number; insert: string[] }
const edits = fc.array(
  fc.record({
    at: fc.nat(400),
    remove: fc.nat(4),
    insert: fc.array(fc.string({ maxLength: 12 }), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 8 },
)

function edited(original: string, list: readonly Edit[]): string {
  const lines = original.split(/(?<=\n)/)
  for (const { at, remove, insert } of list)
    lines.splice(at % (lines.length + 1), remove, ...insert.map((each) => `${each}\n`))
  return lines.join('')
}

describe('hunks between two texts', () => {
  it(
    'lead from the left one to the right one, byte for byte',
    () => {
      fc.assert(
        fc.property(text, text, (left, right) => {
          expect(applyHunks(left, textHunks(left, right, ample))).toBe(right)
        }),
        { numRuns: RUNS * 10 },
      )
    },
    patience,
  )

  it(
    'lead there also when there is no time to find the shortest way',
    () => {
      fc.assert(
        fc.property(text, text, (left, right) => {
          const hunks = textHunks(left, right, -1)
          expect(applyHunks(left, hunks)).toBe(right)
          expect(hunks.length).toBe(left === right ? 0 : 1)
        }),
        { numRuns: RUNS * 10 },
      )
    },
    patience,
  )

  it(
    'lead there with any number of unchanged lines around, and have no more of them than that',
    () => {
      fc.assert(
        fc.property(text, text, fc.nat(8), fc.constantFrom(ample, -1), (left, right, context, budget) => {
          const hunks = textHunks(left, right, budget, context)
          expect(applyHunks(left, hunks)).toBe(right)
          for (const { lines } of hunks) {
            const isKept = (line: string) => line.startsWith(' ')
            const first = lines.findIndex((line) => !isKept(line))
            expect(first).toBeLessThanOrEqual(context)
            const last = lines.findLastIndex((line) => !isKept(line) && !line.startsWith('\\'))
            expect(lines.slice(last + 1).filter(isKept).length).toBeLessThanOrEqual(context)
          }
        }),
        { numRuns: RUNS * 10 },
      )
    },
    patience,
  )

  it(
    'have the lines that git counts, for edits of real skills; git itself sometimes takes more than needed',
    () => {
      const files = listSkillFiles('wshobson')
      const skills = files.map((file) => readFileSync(file, 'utf8')).filter((each) => each.length < 40_000)
      expect(skills.length).toBeGreaterThan(50)
      let equal = 0
      fc.assert(
        fc.property(fc.nat(skills.length - 1), edits, (which, list) => {
          const left = skills[which] as string
          const right = edited(left, list)
          const hunks = textHunks(left, right, ample)
          expect(applyHunks(left, hunks)).toBe(right)
          const [ours, theirs] = [countLines(hunks), numstat(left, right)]
          expect(ours.added - ours.removed).toBe(theirs.added - theirs.removed)
          expect(ours.added).toBeLessThanOrEqual(theirs.added)
          if (ours.added === theirs.added) equal++
        }),
        { numRuns: RUNS },
      )
      expect(equal / RUNS).toBeGreaterThan(0.9)
    },
    patience,
  )

  it('are as git writes them: three lines around a change, and the line before where a side has none', () => {
    const left = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join('')
    const right = left.replace('line 10\n', 'ten\n')
    expect(textHunks(left, right, ample)).toEqual([
      {
        leftStart: 7,
        leftLines: 7,
        rightStart: 7,
        rightLines: 7,
        lines: [' line 7', ' line 8', ' line 9', '-line 10', '+ten', ' line 11', ' line 12', ' line 13'],
      },
    ])
    expect(textHunks('', 'a\nb', ample)).toEqual([
      {
        leftStart: 0,
        leftLines: 0,
        rightStart: 1,
        rightLines: 2,
        lines: ['+a', '+b', '\\ No newline at end of file'],
      },
    ])
    expect(textHunks('a\n', '', ample)).toMatchObject([{ leftStart: 1, rightStart: 0, rightLines: 0 }])
  })

  it.each([
    ['nothing in common', (i: number) => `left ${i}`, (i: number) => `right ${i}`],
    ['two lines over and over', (i: number) => `${i % 2}`, (i: number) => `${((i * 7 + (i % 3)) % 5) % 2}`],
    ['every ninth line changed', (i: number) => `${i}`, (i: number) => (i % 9 === 0 ? `x${i}` : `${i}`)],
  ])(
    'of 25,000 lines with %s are one replacement',
    (_, left, right) => {
      const [from, to] = [left, right].map((make) =>
        Array.from({ length: 25_000 }, (_each, i) => `${make(i)}\n`).join(''),
      )
      const hunks = textHunks(from as string, to as string, ample)
      expect(hunks.length).toBe(1)
      expect(applyHunks(from as string, hunks)).toBe(to)
    },
    patience,
  )
})

describe('textOf', () => {
  it.each([
    ['plain text', Buffer.from('a\nb'), 'a\nb'],
    ['a byte order mark, which is kept', Buffer.from('\uFEFFa'), '\uFEFFa'],
    ['nothing', Buffer.alloc(0), ''],
    ['a NUL', Buffer.from('a\0b'), null],
    ['a NUL beyond what git looks at', Buffer.from(`${'a'.repeat(8_000)}\0`), `${'a'.repeat(8_000)}\0`],
    ['Latin-1', Buffer.from([0x63, 0x61, 0x66, 0xe9]), null],
    ['UTF-16', Buffer.from('\uFEFFab', 'utf16le'), null],
  ])('takes %s for what it is', (_, bytes, expected) => {
    expect(textOf(bytes)).toBe(expected)
  })
})
