import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Sessions } from '../../../../daemon/kernel/http/sessions.ts'

const DAY_MS = 86_400_000

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smd-sessions-'))
  file = join(folder, 'web-sessions.json')
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ settled }) => settled))
  rmSync(folder, { recursive: true })
})

const clock = { now: 1_800_000_000_000 }
const opened: Sessions[] = []
/** As a daemon makes them at its start. */
const open = (days = 30) => {
  const made = new Sessions({ file, now: () => clock.now, days: () => days, onError: () => undefined })
  opened.push(made)
  return made
}

describe('Sessions', () => {
  it('let in who has the word, and nobody else', async () => {
    const sessions = open()
    const { secret, expiresAt } = await sessions.create()
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(expiresAt).toBe(clock.now + 30 * DAY_MS)
    const found = sessions.find(secret)
    expect(found).toMatchObject({
      expiresAt,
      isPutOff: false,
      name: expect.stringMatching(/^session [0-9a-f]{8}$/),
    })
    expect(found?.ended.aborted).toBe(false)
    for (const other of ['', 'x', secret.slice(1), `${secret}x`, secret.toLowerCase()])
      expect(sessions.find(other)).toBeNull()
  })

  it('are there after a restart, in a file that lets nobody in and nobody else reads (S6)', async () => {
    const { secret } = await open().create()
    const { secret: second } = await open().create()
    const again = open()
    expect(again.count).toBe(2)
    expect([again.find(secret), again.find(second)]).not.toContain(null)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const kept = readFileSync(file, 'utf8')
    for (const word of [secret, second]) expect(kept).not.toContain(word)
    // What stands in the file is no way in.
    const [{ sha256 }] = JSON.parse(kept).sessions
    expect(again.find(sha256)).toBeNull()
    expect(again.find(Buffer.from(sha256, 'hex').toString('base64url'))).toBeNull()
  })

  it('last as long as they are used', async () => {
    const { secret } = await open(2).create()
    const start = clock.now
    for (let day = 1; day <= 6; day++) {
      clock.now = start + day * DAY_MS
      const sessions = open(2)
      expect(sessions.find(secret), `day ${day}`).toMatchObject({
        expiresAt: clock.now + 2 * DAY_MS,
        isPutOff: true,
      })
      // Noted once a day, not with each request.
      expect(sessions.find(secret)?.isPutOff).toBe(false)
      await sessions.create()
    }
    clock.now += 2 * DAY_MS
    expect(open(2).find(secret)).toBeNull()
  })

  it('end at once, with what was opened by them, here and after a restart', async () => {
    const sessions = open()
    const one = await sessions.create()
    const other = await sessions.create()
    const { ended } = sessions.find(one.secret) ?? {}
    const { ended: goesOn } = sessions.find(other.secret) ?? {}
    await sessions.end(one.secret)
    await sessions.end('nobody')
    expect([ended?.aborted, goesOn?.aborted]).toEqual([true, false])
    for (const now of [sessions, open()]) {
      expect(now.find(one.secret)).toBeNull()
      expect(now.find(other.secret)).not.toBeNull()
    }
    expect(await sessions.endAll()).toBe(1)
    expect([goesOn?.aborted, sessions.count, open().count]).toEqual([true, 0, 0])
    expect(await sessions.endAll()).toBe(0)
  })

  it('are fifty at most; the one that was away longest goes first', async () => {
    const sessions = open()
    const first = await sessions.create()
    clock.now += 1_000
    const second = await sessions.create()
    clock.now += DAY_MS
    sessions.find(first.secret)
    const { ended } = sessions.find(second.secret) ?? {}
    clock.now += 2 * DAY_MS
    sessions.find(first.secret)
    for (let i = 0; i < 49; i++) await sessions.create()
    expect(sessions.count).toBe(50)
    expect(sessions.find(first.secret)).not.toBeNull()
    expect(sessions.find(second.secret)).toBeNull()
    expect(ended?.aborted).toBe(true)
  })

  it.each(['', '{', '[]', '{"sessions":7}', '{"sessions":[{}]}', '{"sessions":[null]}', 'null'])(
    'begin anew when their file says %j',
    async (text) => {
      writeFileSync(file, text)
      const sessions = open()
      expect(sessions.count).toBe(0)
      const { secret } = await sessions.create()
      expect(open().find(secret)).not.toBeNull()
    },
  )

  it('are not handed out when they cannot be kept', async () => {
    const sessions = open()
    rmSync(folder, { recursive: true })
    await expect(sessions.create()).rejects.toThrow(/ENOENT/)
    // The next one can again.
    folder = mkdtempSync(join(tmpdir(), 'smd-sessions-'))
    file = join(folder, 'web-sessions.json')
    chmodSync(folder, 0o700)
    expect((await open().create()).secret).toMatch(/./)
  })
})
