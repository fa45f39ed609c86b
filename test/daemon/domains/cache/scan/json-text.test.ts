import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonText } from '../../../../../daemon/domains/cache/scan/json-text.ts'

const error = (text: string): string => {
  const parsed = parseJsonText(text)
  if (!('error' in parsed)) throw new Error('parsed')
  return parsed.error
}

describe('parseJsonText', () => {
  it('reads comments, trailing commas and a byte order mark', () => {
    const text = '\uFEFF// top\n{ /* a */ "url": "http://x//y", "list": [1, 2,], "o": {"a": null,}, }\n// end'
    expect(parseJsonText(text)).toEqual({ value: { url: 'http://x//y', list: [1, 2], o: { a: null } } })
  })

  it('reads what JSON.stringify wrote, whatever blanks and comments stand between the tokens', () => {
    const filler = fc.constantFrom(' ', '\n', '/* , } */', '// "\n', '\t')
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(filler, { minLength: 1, maxLength: 4 }), (value, fillers) => {
        const json = JSON.stringify(value)
        let i = 0
        // Only outside of strings
        const text = json.replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (token) =>
          token.startsWith('"') ? token : token + fillers[i++ % fillers.length],
        )
        expect(parseJsonText(`/* x */${text}`)).toEqual({ value: JSON.parse(json) })
      }),
    )
  })

  it('never throws, and names line and column without repeating the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseJsonText(text)
        if ('error' in parsed && text.length > 12) expect(parsed.error).not.toContain(text)
      }),
    )
    expect(error('{\n  "token": sk-secret-1234567890\n}')).toBe('expected a value at line 2, column 12')
    expect(error('{"a": "never ends')).toMatch(/line 1, column 7/)
    expect(error('{"a":1} x')).toMatch(/after the end/)
    expect(error('')).toBe('the file is empty')
    expect(error('[1, 01]')).toMatch(/expected a value/)
  })

  it('keeps a key named __proto__ a key', () => {
    const parsed = parseJsonText('{"__proto__": {"polluted": 1},}') as { value: object }
    expect(Object.keys(parsed.value)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('survives nesting that would exhaust the stack', () => {
    expect(error(`${'['.repeat(100_000)},`)).toMatch(/nested too deeply/)
  })
})
