import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { processStart } from '../../../../daemon/kernel/service/process-start.ts'
import {
  fateOf,
  type Registration,
  readRegistration,
  removeRegistration,
  thisPlace,
  writeRegistration,
} from '../../../../daemon/kernel/service/registration.ts'
import { useTestHome } from '../../../support/test-daemon.ts'

const makeHome = useTestHome()
const registration: Registration = {
  protocol: 1,
  version: '0.1.0',
  pid: process.pid,
  instance: 'mine',
  socket: '/run/smd.sock',
  startedAt: 1,
  state: 'serving',
  startedBy: 'cli',
  ...thisPlace(),
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

  it.each(['', 'garbage', '{"cut":', 'null', '{"pid":"7"}'])(
    'counts as absent when it reads %j',
    (content) => {
      const file = join(makeHome().home, 'daemon.json')
      writeFileSync(file, content)
      expect(readRegistration(file)).toBeNull()
    },
  )
})

describe('fateOf (L6)', () => {
  it('knows the process that registered itself, and no other of the same number', () => {
    expect(fateOf(registration)).toBe('alive')
    expect(fateOf({ ...registration, processStart: `${registration.processStart}1` })).toBe('replaced')
    expect(fateOf({ ...registration, processStart: null })).toBe('unknown')
  })

  it('says that a process is gone when there is none, or when the machine was started anew', async () => {
    // The number of no process: Linux has at most 2^22.
    expect(fateOf({ ...registration, pid: 2 ** 22 + 1 })).toBe('gone')
    for (const pid of [0, -1, 1.5]) expect(fateOf({ ...registration, pid })).toBe('gone')
    if (process.platform === 'linux')
      expect(fateOf({ ...registration, bootId: '00000000-0000-0000-0000-000000000000' })).toBe('gone')
  })

  it('does not judge the process of another machine', () => {
    expect(fateOf({ ...registration, host: 'another.example' })).toBe('elsewhere')
  })

  it('takes a process that has ended for gone, also while its parent has not noticed', async () => {
    // The shell starts a child that ends at once, and becomes a program that never asks for its end.
    const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [text] = await once(shell.stdout, 'data')
      const pid = Number(text)
      await vi.waitUntil(() => processStart(pid) === null, { timeout: 20_000 })
      expect(fateOf({ ...registration, pid })).toBe('gone')
    } finally {
      shell.kill('SIGKILL')
      await once(shell, 'exit')
    }
  })
})
