import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../../../daemon/kernel/log/pino-logger.ts'
import { readLog } from '../../../../daemon/kernel/log/read-log.ts'
import { inRequest } from '../../../../daemon/kernel/log/request-scope.ts'
import { RotatingFile } from '../../../../daemon/kernel/log/rotate.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()

/** A log in files of `maxBytes`. */
function makeLog(maxBytes = 10_000) {
  const path = join(makeHome().home, 'smd.log')
  const log = createLogger(new RotatingFile(path, { maxBytes }), { level: 'debug', now: () => 6 })
  return { path, log }
}
const messages = (path: string, count: number, filter = {}): string[] =>
  readLog(path, { level: 'debug', ...filter }, count).map(({ message }) => message)

describe('readLog', () => {
  it('gives the last lines, oldest first, over all files', () => {
    const { path, log } = makeLog(150)
    for (let i = 0; i < 10; i++) log.info(`line ${i}`)
    expect(messages(path, 5)).toEqual(['line 5', 'line 6', 'line 7', 'line 8', 'line 9'])
    expect(messages(path, 100)).toHaveLength(10)
    expect(messages(path, 0)).toEqual([])
  })

  it('counts only lines that pass: by level, by request', () => {
    const { path, log } = makeLog()
    log.error('first')
    for (let i = 0; i < 5; i++) log.debug('noise')
    inRequest('abc', () => log.info('mine', { method: 'artifacts.list' }))
    log.warn('last')
    expect(messages(path, 2, { level: 'warn' })).toEqual(['first', 'last'])
    expect(readLog(path, { level: 'debug', request: 'abc' }, 9)).toEqual([
      {
        loggedAt: 6,
        level: 'info',
        message: 'mine',
        requestId: 'abc',
        fields: { method: 'artifacts.list' },
      },
    ])
  })

  it('is empty where there is no log', () => {
    expect(messages(join(makeHome().home, 'none.log'), 5)).toEqual([])
  })

  it('shows what a dying process printed as an error without time, and hides secrets in it', () => {
    const path = join(makeHome().home, 'smd.log')
    writeFileSync(
      path,
      '{"level":"info","time":1,"message":"ok"}\n\nFatal: token=hunter\n{"half":\n{"level":"x"}',
    )
    expect(readLog(path, { level: 'error' }, 9)).toEqual(
      ['Fatal: token=***', '{"half":', '{"level":"x"}'].map((message) => ({
        loggedAt: null,
        level: 'error',
        message,
        requestId: null,
        fields: {},
      })),
    )
  })

  it('reads lines of any length and characters of several bytes (property)', () => {
    const { path, log } = makeLog(1_000_000)
    const lengths = [0, 1, 65_000, 65_536, 70_000, 200_000]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...lengths), fc.constantFrom('a', 'é', '漢', '🙂'))),
        (texts) => {
          const lines = texts.map(([length, unit]) =>
            JSON.stringify({ level: 'info', time: 1, message: unit.repeat(length / 4) }),
          )
          writeFileSync(path, `${lines.join('\n')}\n`)
          const found = readLog(path, { level: 'debug' }, 1_000)
          expect(found.map(({ message }) => message)).toEqual(
            texts.map(([length, unit]) => unit.repeat(length / 4)),
          )
        },
      ),
      { numRuns: 30 },
    )
    log.info('x')
  })
})
