import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeReply } from '../../../../daemon/kernel/rpc/encode.ts'
import { RawJson } from '../../../../daemon/kernel/rpc/raw-json.ts'

const text = (reply: Parameters<typeof encodeReply>[0]): string => {
  const encoded = encodeReply(reply)
  return typeof encoded === 'string' ? encoded : [...encoded].join('')
}
const reply = (result: unknown, id: string | number | null = 1) => ({ jsonrpc: '2.0' as const, id, result })
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)))

describe('encodeReply', () => {
  it('says the same as JSON.stringify, of any result, alone and in a batch', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(json, fc.record({ items: fc.array(json, { maxLength: 40 }), total: json })), {
          minLength: 1,
        }),
        (results) => {
          const replies = results.map((result, i) => reply(result, i))
          expect(JSON.parse(text(replies))).toEqual(replies)
          for (const one of replies) expect(JSON.parse(text(one))).toEqual(one)
        },
      ),
    )
  })

  it.each([
    ['nothing beside the items', {}],
    ['something beside them', { total: 20, nextCursor: null }],
  ])('gives a long list row by row, with %s', (_, rest) => {
    const items = Array.from({ length: 20 }, (_row, i) => ({ name: `n${i}` }))
    const parts = [...encodeReply(reply({ items, ...rest }))]
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(60)
    expect(JSON.parse(parts.join(''))).toEqual(reply({ items, ...rest }))
  })

  it('puts JSON that is ready into the reply as it is', () => {
    expect(text(reply(new RawJson(['{"a":', '1}'])))).toBe('{"jsonrpc":"2.0","id":1,"result":{"a":1}}')
    expect(text([reply(new RawJson(['2'])), reply(3)])).toBe(
      '[{"jsonrpc":"2.0","id":1,"result":2},{"jsonrpc":"2.0","id":1,"result":3}]',
    )
  })

  it('encodes a failure whole', () => {
    const failed = { jsonrpc: '2.0' as const, id: null, error: { code: -32_600, message: 'no' } }
    expect(JSON.parse(text(failed))).toEqual(failed)
  })
})
