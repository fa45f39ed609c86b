import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../../../daemon/kernel/log/pino-logger.ts'
import { inRequest } from '../../../../daemon/kernel/log/request-scope.ts'
import { RotatingFile } from '../../../../daemon/kernel/log/rotate.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()

/** A logger over a sink that can be made to fail. */
function logTo(sink: { write(line: string): void }) {
  const troubles: Array<string | null> = []
  const log = createLogger(sink, {
    level: 'info',
    now: () => 100,
    onTrouble: (reason) => void troubles.push(reason),
  })
  return { log, troubles }
}

function logInMemory() {
  const texts: string[] = []
  const state = { full: false }
  const made = logTo({
    write(line) {
      if (state.full) throw new Error('ENOSPC: no space left on device')
      texts.push(line)
    },
  })
  return { ...made, texts, state, lines: () => texts.map((text) => JSON.parse(text)) }
}

describe('createLogger (P6)', () => {
  it('writes one JSON object per line, with level, time, message and fields', () => {
    const { log, texts, lines } = logInMemory()
    log.info('first')
    log.error('two\nlines', { reference: 'abc', nested: { a: 1 } })
    expect(lines()).toEqual([
      { level: 'info', time: 100, message: 'first' },
      { level: 'error', time: 100, message: 'two\nlines', reference: 'abc', nested: { a: 1 } },
    ])
    for (const text of texts) expect(text.indexOf('\n')).toBe(text.length - 1)
  })

  it('has a line in the file before it returns', () => {
    const file = join(makeHome().home, 'log')
    const { log } = logTo(new RotatingFile(file))
    log.error('last words')
    expect(readFileSync(file, 'utf8')).toBe('{"level":"error","time":100,"message":"last words"}\n')
  })

  it('leaves out what is below its level, which may change at any time, and counts the rest', () => {
    const { log, lines } = logInMemory()
    log.debug('no')
    log.setLevel('debug')
    log.debug('yes')
    log.setLevel('error')
    log.warn('no')
    log.error('yes')
    expect(lines().map(({ level }) => level)).toEqual(['debug', 'error'])
    expect(log.counts).toEqual({ debug: 1, info: 0, warn: 0, error: 1 })
  })

  it('names the request in every line it causes, however deep and late', async () => {
    const { log, lines } = logInMemory()
    const work = async (name: string): Promise<void> => {
      log.info(`${name} begins`)
      await nextTurn()
      log.info(`${name} goes on`)
    }
    await Promise.all([inRequest('aaa', () => work('a')), inRequest('bbb', () => work('b')), work('none')])
    expect(lines().map(({ message, requestId }) => [message, requestId])).toEqual([
      ['a begins', 'aaa'],
      ['b begins', 'bbb'],
      ['none begins', undefined],
      ['a goes on', 'aaa'],
      ['b goes on', 'bbb'],
      ['none goes on', undefined],
    ])
  })

  it('goes on when lines cannot be written, says so once, and how many were lost', () => {
    const { log, lines, state, troubles } = logInMemory()
    state.full = true
    for (let i = 0; i < 3; i++) log.info('lost')
    state.full = false
    log.info('back')
    log.info('again')
    expect(lines()).toEqual([
      { level: 'info', time: 100, message: 'back', lostLines: 3 },
      { level: 'info', time: 100, message: 'again' },
    ])
    expect(troubles).toEqual(['ENOSPC: no space left on device', null])
  })

  it('hands each line to those who listen, until they stop', () => {
    const { log } = logInMemory()
    const heard: string[] = []
    const stop = log.onLine((line) => heard.push(JSON.parse(line).message))
    log.info('one')
    log.debug('not written, not heard')
    log.info('two')
    stop()
    log.info('three')
    expect(heard).toEqual(['one', 'two'])
  })

  it('hides secrets in message and fields (S8)', () => {
    const { log, texts } = logInMemory()
    log.error('curl -H "Authorization: Bearer canary-hunter2hunter2" failed', {
      env: { API: 'canary-plain' },
      url: 'https://me:canary-pass@example.com/?key=canary-query',
    })
    expect(texts.join('')).not.toContain('canary')
  })
})
