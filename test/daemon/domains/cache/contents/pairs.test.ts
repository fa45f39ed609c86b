import { describe, expect, it } from 'vitest'
import { alikePairs } from '../../../../../daemon/domains/cache/contents/pairs.ts'
import { likeness, sketchOf } from '../../../../../daemon/domains/cache/contents/sketch.ts'
import { corpusSkills } from '../../../../support/corpus-skills.ts'

describe('groups of alike contents', () => {
  it('are those that comparing each with each gives', async () => {
    const texts = corpusSkills(80).flatMap(({ text }) => {
      const lines = text.split('\n')
      // A near copy of each, with its end cut off.
      return [text, lines.slice(0, Math.ceil(lines.length * 0.93)).join('\n')]
    })
    const sketches = texts.flatMap((text, id) => {
      const sketch = sketchOf(text)
      return sketch ? { id, sketch } : []
    })
    const groups = await alikePairs(sketches, 0.8)
    const together = new Set(groups.flatMap(({ ids }) => ids.slice(1).map((id) => `${ids[0]} ${id}`)))
    expect(groups.every(({ likeness }) => likeness >= 0.8)).toBe(true)
    for (const [i, a] of sketches.entries()) {
      for (const b of sketches.slice(i + 1)) {
        if (likeness(a.sketch, b.sketch) < 0.8) continue
        const group = groups.find(({ ids }) => ids.includes(a.id))
        expect(group?.ids, `${a.id} and ${b.id}`).toContain(b.id)
      }
    }
    expect(together.size).toBeGreaterThan(60)
  })

  it('are none where nothing is alike, and none for a single one', async () => {
    const sketches = ['one two three four', 'five six seven eight', 'nine ten eleven'].map((text, id) => ({
      id,
      sketch: sketchOf(text) as Buffer,
    }))
    expect(await alikePairs(sketches, 0.5)).toEqual([])
    expect(await alikePairs(sketches.slice(0, 1), 0.5)).toEqual([])
    expect(await alikePairs([], 0.5)).toEqual([])
  })
})
