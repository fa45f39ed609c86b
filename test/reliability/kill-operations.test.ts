import { describe, expect, it } from 'vitest'
import { killOperations } from './kill-operations.ts'

/** `npm run test:operations` is the same at full size. */
const ROUNDS = Number(process.env.SMD_TEST_KILLS ?? 10)

describe('SIGKILL in the middle of a change of several projects (D6)', () => {
  it(
    'leaves each project wholly old or wholly new after the next start, and nothing of ours',
    async () => {
      const report = await killOperations(ROUNDS)
      if (ROUNDS > 10) process.stderr.write(`${JSON.stringify(report)}\n`)
      expect(report.broken).toEqual([])
      expect(report.old + report.new).toBe(ROUNDS * 6)
      expect(report.between).toBeGreaterThan(0)
    },
    60_000 + ROUNDS * 3_000,
  )
})
