import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogFollower } from '../../../../daemon/kernel/log/follow-log.ts'
import { createLogger } from '../../../../daemon/kernel/log/pino-logger.ts'
import { RotatingFile } from '../../../../daemon/kernel/log/rotate.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const newPath = (): string => join(makeHome().home, 'smd.log')
const line = (message: string): string => `${JSON.stringify({ level: 'info', time: 1, message })}\n`
const messages = (follower: LogFollower): string[] => follower.poll().map(({ message }) => message)

describe('LogFollower (P6)', () => {
  it('begins at the end and gives what is written after, line by line', () => {
    const path = newPath()
    writeFileSync(path, line('old'))
    const follower = new LogFollower(path)
    expect(messages(follower)).toEqual([])
    const [first, second] = [line('first'), line('é漢🙂')]
    appendFileSync(path, first + second.slice(0, 40))
    expect(messages(follower)).toEqual(['first'])
    appendFileSync(path, second.slice(40))
    expect(messages(follower)).toEqual(['é漢🙂'])
    expect(messages(follower)).toEqual([])
    follower.close()
  })

  it('joins a character that was written in two parts', () => {
    const path = newPath()
    writeFileSync(path, '')
    const follower = new LogFollower(path)
    const bytes = Buffer.from(line('漢字'))
    for (const byte of bytes.subarray(0, -1)) {
      appendFileSync(path, Buffer.from([byte]))
      expect(messages(follower)).toEqual([])
    }
    appendFileSync(path, '\n')
    expect(messages(follower)).toEqual(['漢字'])
    follower.close()
  })

  it('misses and repeats nothing when the log is rotated several times between two looks', () => {
    const path = newPath()
    const log = createLogger(new RotatingFile(path, { maxBytes: 300 }), { level: 'info', now: () => 1 })
    log.info('before')
    const follower = new LogFollower(path)
    const seen: string[] = []
    for (let i = 0; i < 60; i++) {
      log.info(`line ${i}`)
      if (i % 13 === 0) seen.push(...messages(follower))
    }
    seen.push(...messages(follower))
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => `line ${i}`))
    follower.close()
  })

  it('goes on with a file that is made, deleted, replaced or emptied', () => {
    const path = newPath()
    const follower = new LogFollower(path)
    expect(messages(follower)).toEqual([])
    writeFileSync(path, line('made'))
    expect(messages(follower)).toEqual(['made'])
    rmSync(path)
    expect(messages(follower)).toEqual([])
    writeFileSync(`${path}.new`, line('replaced'))
    renameSync(`${path}.new`, path)
    expect(messages(follower)).toEqual(['replaced'])
    truncateSync(path)
    expect(messages(follower)).toEqual([])
    appendFileSync(path, line('emptied'))
    expect(messages(follower)).toEqual(['emptied'])
    follower.close()
  })
})
