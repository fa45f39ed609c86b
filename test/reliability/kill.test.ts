import { describe, expect, it } from 'vitest'
import { killRounds } from './kill-rounds.ts'

describe('SIGKILL at random moments (D1, D10)', () => {
  // `npm run reliability:kill -- --rounds 500` is the same at full size.
  it('loses no acknowledged decision, and answers what is asked again as before', async () => {
    const report = await killRounds(12)
    expect(report.lost).toEqual([])
    expect(report.cutShort).toBe(12)
    expect(report.acknowledged).toBeGreaterThan(12)
    expect(report.repeated).toBeGreaterThan(0)
  })
})
