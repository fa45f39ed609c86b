import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactFields, redactLogText } from '../../../../daemon/kernel/log/redact.ts'

/** A secret as providers make them: letters and digits mixed. */
const random = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGH23456789'),
    minLength: 24,
    maxLength: 60,
  })
  .filter((text) => /\d.*\d/.test(text) && /[a-zA-Z].*[a-zA-Z]/.test(text))

/** Where a secret may stand in a text, with what gives it away. */
const places: Array<(secret: string) => string> = [
  (s) => `GET https://user:${s}@example.com/repo.git failed`,
  (s) => `fetch https://example.com/hook?token=${s}`,
  (s) => `Authorization: Bearer ${s}`,
  (s) => `authorization: Basic ${s}\n  at request (file.ts:1:2)`,
  (s) => `x-api-key: ${s}`,
  (s) => `spawn npx server --token ${s} ENOENT`,
  (s) => `OPENAI_API_KEY=${s} node x.js exited with 1`,
  (s) => `Unexpected token in JSON: {"clientSecret": "${s}"}`,
  (s) => `Error: refused ${s}`,
  (s) => `ghp_${s}`,
]

/** Fields a careless caller might log. */
const fields: Array<(secret: string) => Record<string, unknown>> = [
  (s) => ({ error: places[2]?.(s) }),
  (s) => ({ error: new Error(`refused: token=${s}`) }),
  (s) => ({ error: new Error('outer', { cause: new Error(`password: ${s}`) }) }),
  (s) => ({ env: { HOME: s, nested: { deep: [s] } } }),
  (s) => ({ headers: { cookie: s } }),
  (s) => ({ server: { command: 'npx', args: ['--api-key', s], env: { KEY: s } } }),
  (s) => ({ token: s }),
  (s) => ({ apiKey: [s] }),
  (s) => ({ path: `/x?token=${s}` }),
  (s) => ({ list: [{ a: { b: { c: { d: { e: { f: { g: s } } } } } } }] }),
]

describe('redactLogText', () => {
  it('hides secrets wherever a message may hold them (S8, property)', () => {
    fc.assert(
      fc.property(random, fc.constantFrom(...places), fc.string(), (secret, place, noise) => {
        expect(redactLogText(`${noise} ${place(secret)}`)).not.toContain(secret)
      }),
    )
  })

  it('hides plain words where their place gives them away', () => {
    for (const place of places.slice(0, 8)) expect(redactLogText(place('hunter'))).not.toContain('hunter')
  })

  it('leaves what is needed to find something', () => {
    for (const text of [
      'stopping',
      '/home/me/projects/task-management-tools/.claude/skills/a/SKILL.md cannot be read: EACCES',
      'prj_0123456789abcdef was read in 12 ms',
      '/data/cache.db.corrupt-20261125T213806000Z',
      'TypeError: x is not a function\n    at run (daemon/kernel/rpc/dispatch.ts:12:5)',
    ]) {
      expect(redactLogText(text)).toBe(text)
    }
  })

  it('cuts what is long, and is done with a hostile text soon', () => {
    const redacted = redactLogText('a'.repeat(10_000_000))
    expect(redacted.length).toBeLessThan(5_000)
    expect(redacted).toContain('(10000000 characters)')
  })
})

describe('redactFields', () => {
  it('hides secrets by the names of members and by their looks (S8, property)', () => {
    fc.assert(
      fc.property(random, fc.constantFrom(...fields), (secret, make) => {
        expect(JSON.stringify(redactFields(make(secret)))).not.toContain(secret)
      }),
    )
  })

  it('keeps the names of hidden variables, numbers, ids and paths', () => {
    const kept = {
      pid: 12,
      ok: true,
      none: null,
      instance: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      socket: '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/smd.sock',
      items: ['a', 'b'],
    }
    expect(redactFields(kept)).toEqual(kept)
    expect(redactFields({ env: { MY_TOKEN: 'x', EMPTY: undefined } })).toEqual({ env: { MY_TOKEN: '***' } })
  })

  it('makes plain JSON of whatever it is given (property)', () => {
    const strange = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }),
      fc.constant(Symbol('s')),
      fc.constant(() => 1),
    )
    fc.assert(
      fc.property(strange, (value) => {
        expect(typeof JSON.stringify(redactFields({ value }))).toBe('string')
      }),
    )
    const round: Record<string, unknown> = {}
    round.self = round
    expect(JSON.stringify(redactFields(round)).length).toBeLessThan(200)
  })
})
