import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { sideBySide } from '../../../client-cli/format/side-by-side.ts'
import { textHunks } from '../../../daemon/domains/cache/diff/text-hunks.ts'

const compare = async (left: string, right: string, width: number): Promise<string[]> => {
  const hunks = textHunks(left, right, 60_000)
  return (await sideBySide({ path: 'f', status: 'changed', hunks }, width)).map(({ text }) => text)
}

describe('a comparison in two columns', () => {
  it('puts what was replaced beside what replaced it, with the signs of diff -y', async () => {
    expect(await compare('a\nold\ngone\nb\nc\n', 'a\nnew\nb\nc\nadded\n', 23)).toEqual([
      'f',
      'line 1       line 1',
      'a            a',
      'old        | new',
      'gone       <',
      'b            b',
      'c            c',
      '           > added',
    ])
  })

  it.each([20, 41, 80, 131])('is no wider than %i columns, whatever is in it', async (width) => {
    const left = `${'x'.repeat(200)}\n\tindented\n漢字漢字漢字漢字漢字漢字漢字漢字\n👩‍👩‍👧‍👦👩‍👩‍👧‍👦\nsame\r\n`
    const right = left.replace('indented', 'moved').replace('漢', '語').replace('xxx', 'yyy')
    for (const line of await compare(left, right, width)) {
      expect(stringWidth(line), line).toBeLessThanOrEqual(Math.max(width, 23))
      expect(line).not.toMatch(/[\t\r]/)
    }
  })

  it('is as wide as that of diff where nobody says how wide', async () => {
    const [, , line] = await compare(`${'x'.repeat(300)}\n`, `${'y'.repeat(300)}\n`, Number.POSITIVE_INFINITY)
    expect(line?.length).toBe(129)
  })

  it('says what has no lines, and nothing of what differs in none', async () => {
    const plain = { path: 'f', status: 'changed' as const }
    expect(await sideBySide({ ...plain, hunks: null }, 80)).toMatchObject([
      { text: 'f: changed, no text or too long' },
    ])
    expect(await sideBySide({ ...plain, hunks: [] }, 80)).toEqual([])
    expect(await sideBySide({ path: 'f', status: 'added', hunks: [] }, 80)).toMatchObject([
      { text: 'f (added)' },
    ])
  })
})
