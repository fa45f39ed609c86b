/** A short run of `npm run soak`, so that it works when it is needed, and keeps its rules. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOptions } from '../soak/options.ts'
import { runSoak } from '../soak/soak.ts'
import { faultsOf, tableOf } from '../soak/verdict.ts'

const daemon = join(import.meta.dirname, '../../daemon/main.ts')

let temp: string
beforeEach(() => {
  temp = realpathSync(mkdtempSync(join(tmpdir(), 'smd-soak-')))
})
afterEach(() => rmSync(temp, { recursive: true, force: true, maxRetries: 5 }))

describe.runIf(process.platform === 'linux')('npm run soak', () => {
  it('takes two daemons through a few hundred operations, of every kind, without a fault', async () => {
    const options = { ...readOptions(['--projects', '3', '--lives', '2']), daemon, operations: 500 }
    const soak = await runSoak(options, temp, () => undefined)
    expect(faultsOf(soak)).toEqual([])
    expect(soak.lives.map((life) => life.ending)).toEqual(['SIGTERM', 'SIGKILL'])
    for (const life of soak.lives) {
      expect(life.operations).toBeGreaterThanOrEqual(250)
      expect(life.loop.count).toBeGreaterThan(0)
      expect(life.before.fds).toBeGreaterThan(10)
    }
    expect(Object.keys(soak.counts).toSorted()).toEqual(['canceller', 'changer', 'reader', 'visitor'])
    expect(tableOf(soak)).toContain('SIGKILL')
  })
})
