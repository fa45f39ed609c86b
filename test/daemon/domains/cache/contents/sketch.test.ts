import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { likeness, SKETCH_BYTES, sketchOf } from '../../../../../daemon/domains/cache/contents/sketch.ts'
import { fold, tokensOf } from '../../../../../daemon/domains/cache/search-words.ts'
import { corpusSkills } from '../../../../support/corpus-skills.ts'

/** What the sketch estimates: the share of three words in a row that two texts have in common. */
function exact(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => {
    const words = tokensOf(text).map(fold)
    const last = Math.max(1, words.length - 2)
    return new Set(Array.from({ length: last }, (_, at) => words.slice(at, at + 3).join(' ')))
  }) as [Set<string>, Set<string>]
  const common = [...left].filter((words) => right.has(words)).length
  return common / (left.size + right.size - common)
}

const sketch = (text: string): Buffer => {
  const made = sketchOf(text)
  if (!made) throw new Error('the text has no words')
  return made
}

describe('a sketch', () => {
  it('has a fixed size, and is null for what has no words', () => {
    expect(sketch('one').length).toBe(SKETCH_BYTES)
    expect(sketchOf('')).toBeNull()
    expect(sketchOf('--- !!! ---')).toBeNull()
  })

  it('does not depend on letter case, accents, punctuation and space', () => {
    expect(
      likeness(
        sketch('Überprüfe den Code, dann (erst) schreibe!'),
        sketch('uberprufe den code\ndann erst schreibe'),
      ),
    ).toBe(1)
  })

  it('estimates the likeness of real skills and of parts of them, to about 0.04', () => {
    const texts = corpusSkills(60).map(({ text }) => text)
    const errors: number[] = []
    for (const [i, text] of texts.entries()) {
      const lines = text.split('\n')
      const other = texts[(i + 1) % texts.length] as string
      for (const share of [0.3, 0.6, 0.9]) {
        const part = lines.slice(0, Math.ceil(lines.length * share)).join('\n')
        if (tokensOf(part).length < 30) continue
        errors.push(likeness(sketch(text), sketch(part)) - exact(text, part))
      }
      errors.push(likeness(sketch(text), sketch(other)) - exact(text, other))
    }
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
    expect(errors.length).toBeGreaterThan(150)
    expect(deviation).toBeLessThan(0.05)
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.2)
  })

  it('is the same for the same words, and symmetric', () => {
    const text = fc.array(fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'epsilon'), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [left, right] = [sketch(a.join(' ')), sketch(b.join(' '))]
        expect(likeness(left, left)).toBe(1)
        expect(likeness(left, right)).toBe(likeness(right, left))
      }),
    )
  })
})
