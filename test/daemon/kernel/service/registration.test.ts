import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  readRegistration,
  removeRegistration,
  writeRegistration,
} from '../../../../daemon/kernel/service/registration.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const registration = {
  protocol: 1,
  version: '0.1.0',
  pid: 4711,
  instance: 'mine',
  socket: '/run/smd.sock',
  startedAt: 1,
}

describe('registration', () => {
  it('is a private file that replaces the former one whole', () => {
    const { home } = makeHome()
    const file = join(home, 'daemon.json')
    writeFileSync(file, 'of a daemon that was killed', { mode: 0o644 })
    writeRegistration(file, registration)
    expect(readRegistration(file)).toEqual(registration)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(home)).toEqual(['daemon.json'])
  })

  it('is removed by the daemon it names, and by no other (L4)', () => {
    const file = join(makeHome().home, 'daemon.json')
    writeRegistration(file, registration)
    removeRegistration(file, 'another')
    expect(existsSync(file)).toBe(true)
    removeRegistration(file, 'mine')
    expect(existsSync(file)).toBe(false)
    removeRegistration(file, 'mine')
  })

  it.each(['', 'garbage', '{"cut":'])('counts as absent when it reads %j', (content) => {
    const file = join(makeHome().home, 'daemon.json')
    writeFileSync(file, content)
    expect(readRegistration(file)).toBeNull()
  })
})
