/**
 * What the command line of an earlier release said, said again to the daemon of today (daemon spec L8). Recorded by
 * `test/support/record-protocol.ts`; the folder of a release is never changed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { RawClient } from '../support/raw-client.ts'
import type { Exchange } from '../support/record-protocol.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const recorded = readdirSync(fixtures)
  .filter((name) => name.startsWith('protocol-'))
  .flatMap((release) => readdirSync(join(fixtures, release)).map((name) => join(release, name)))

let box: Sandbox
beforeEach(async () => {
  box = createSandbox()
  await box.smd('start')
})
afterEach(() => box.dispose())

/**
 * Where `now` lacks what `then` had: members may be added, none may go or change its kind. What was null, or an empty
 * list, may have a value now, and the other way round: that depends on what was found.
 */
function missing(then: unknown, now: unknown, path = ''): string[] {
  if (then === null || (now === null && path !== '')) return []
  if (Array.isArray(then)) {
    if (!Array.isArray(now)) return [`${path} is no list any more`]
    if (then.length > 0 && now.length === 0) return [`${path} is empty`]
    // Lists of things of one kind: what each had, the first has.
    return then.length === 0 ? [] : missing(then[0], now[0], `${path}[0]`)
  }
  if (typeof then === 'object') {
    if (typeof now !== 'object' || now === null) return [`${path} is no object any more`]
    const members = now as Record<string, unknown>
    return Object.entries(then).flatMap(([name, value]) =>
      name in members ? missing(value, members[name], `${path}.${name}`) : [`${path}.${name} is gone`],
    )
  }
  return typeof now === typeof then ? [] : [`${path} was ${typeof then}, is ${typeof now}`]
}

const idOf = (message: unknown): string =>
  JSON.stringify(
    Array.isArray(message) ? message.map((part) => part.id).toSorted() : (message as { id: number }).id,
  )

describe('a client of an earlier release', () => {
  it.each(recorded)('is answered as it was then: %s', async (name) => {
    const text = readFileSync(join(fixtures, name), 'utf8').replaceAll('<root>', box.root)
    const exchanges: Exchange[] = JSON.parse(text)
    expect(exchanges.length).toBeGreaterThan(0)
    for (const { sent, received } of exchanges) {
      const client = new RawClient(box.paths.socket)
      for (const [i, message] of sent.entries()) {
        client.send(message)
        // One after the other: what an answer says may depend on what was done before.
        await client.until(i + 1)
      }
      const answers = new Map((client.replies as unknown[]).map((reply) => [idOf(reply), reply]))
      for (const then of received) {
        const now = answers.get(idOf(then))
        expect(missing(then, now), JSON.stringify(then).slice(0, 300)).toEqual([])
        expect('error' in (now as object)).toBe('error' in (then as object))
        const { error } = then as { error?: { code: number; data: { slug: string } } }
        if (error) expect(now).toMatchObject({ error: { code: error.code, data: { slug: error.data.slug } } })
      }
      client.socket.destroy()
    }
  })
})
