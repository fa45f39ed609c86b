import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../../../daemon/kernel/log/logger.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()

function logTo(file: string) {
  const fd = openSync(file, 'a')
  let time = 100
  return { fd, log: createLogger(fd, 'info', () => time++) }
}

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe('createLogger (P6)', () => {
  it('writes one JSON object per line, with time, level, message and fields', () => {
    const file = join(makeHome().home, 'log')
    const { log, fd } = logTo(file)
    log.info('first')
    log.error('two\nlines', { reference: 'abc', nested: { a: 1 } })
    closeSync(fd)
    expect(linesOf(file)).toEqual([
      { time: 100, level: 'info', message: 'first' },
      { time: 101, level: 'error', message: 'two\nlines', reference: 'abc', nested: { a: 1 } },
    ])
  })

  it('leaves out what is below its level, which may change at any time', () => {
    const file = join(makeHome().home, 'log')
    const { log, fd } = logTo(file)
    log.debug('no')
    log.setLevel('debug')
    log.debug('yes')
    log.setLevel('error')
    log.warn('no')
    log.error('yes')
    closeSync(fd)
    expect(linesOf(file)).toMatchObject([{ level: 'debug' }, { level: 'error' }])
  })

  it.runIf(process.platform === 'linux')('goes on when lines cannot be written', () => {
    const fd = openSync('/dev/full', 'a')
    const log = createLogger(fd, 'info', () => 0)
    expect(() => log.error('lost')).not.toThrow()
    closeSync(fd)
  })
})
