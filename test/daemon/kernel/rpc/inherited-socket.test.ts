import { describe, expect, it } from 'vitest'
import { takeInheritedSocket } from '../../../../daemon/kernel/rpc/inherited-socket.ts'

describe('takeInheritedSocket (L12)', () => {
  it.each([
    ['nothing was handed over', {}, null],
    ['one socket', { LISTEN_PID: '77', LISTEN_FDS: '1' }, 3],
    ['one socket of some name', { LISTEN_PID: '77', LISTEN_FDS: '1', LISTEN_FDNAMES: 'smd.socket' }, 3],
    ['several, ours by name', { LISTEN_PID: '77', LISTEN_FDS: '3', LISTEN_FDNAMES: 'web::rpc' }, 5],
    ['several without our name', { LISTEN_PID: '77', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b' }, 3],
    ['a name beyond the count', { LISTEN_PID: '77', LISTEN_FDS: '1', LISTEN_FDNAMES: 'a:rpc' }, 3],
    ['they are meant for another process', { LISTEN_PID: '78', LISTEN_FDS: '1' }, null],
    ['no process is named', { LISTEN_FDS: '1' }, null],
    ['none', { LISTEN_PID: '77', LISTEN_FDS: '0' }, null],
    ['no number', { LISTEN_PID: '77', LISTEN_FDS: '1x' }, null],
    ['a negative number', { LISTEN_PID: '77', LISTEN_FDS: '-1' }, null],
    ['an absurd number', { LISTEN_PID: '77', LISTEN_FDS: '99999999999' }, null],
  ])('%s', (_, variables, expected) => {
    const env: NodeJS.ProcessEnv = { HOME: '/home/me', LISTEN_PIDFDID: '1', ...variables }
    expect(takeInheritedSocket(env, 77)).toBe(expected)
    expect(env, 'children must not believe the socket is theirs').toEqual({ HOME: '/home/me' })
  })
})
