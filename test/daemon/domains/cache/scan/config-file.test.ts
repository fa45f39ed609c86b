import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  lookAt,
  noCounters,
  readConfigFile,
  signatureOf,
} from '../../../../../daemon/domains/cache/scan/config-file.ts'
import { useScanTree } from '../../../../support/scan-tree.ts'

const newTree = useScanTree()
const read = (path: string, format: 'json' | 'toml' | 'yaml' = 'json') => {
  const counters = noCounters()
  return { ...readConfigFile(lookAt(path, counters), format, counters), counters }
}
const codes = (path: string, format: 'json' | 'toml' | 'yaml' = 'json') =>
  read(path, format).diagnostics.map((d) => d.code)

describe('readConfigFile', () => {
  it('reads JSON, TOML and YAML, also after a byte order mark and with CRLF', () => {
    const { write, root } = newTree()
    write('a.json', '\uFEFF{\r\n"a": 1\r\n}')
    write('a.toml', '\uFEFFa = 1\r\n')
    write('a.yaml', '\uFEFFa: 1\r\n')
    for (const format of ['json', 'toml', 'yaml'] as const) {
      expect(read(join(root, `a.${format}`), format)).toMatchObject({ value: { a: 1 }, diagnostics: [] })
    }
  })

  it('counts what it reads', () => {
    const { write, root } = newTree()
    write('a.json', '{}')
    expect(read(join(root, 'a.json')).counters).toEqual({
      directories: 0,
      filesStatted: 1,
      filesRead: 1,
      bytesRead: 2,
    })
  })

  it('takes a missing file for no trouble', () => {
    const { write, root } = newTree()
    write('file', '')
    expect(read(join(root, 'none.json'))).toMatchObject({ value: undefined, diagnostics: [] })
    expect(read(join(root, 'file/below.json'))).toMatchObject({ value: undefined, diagnostics: [] })
  })

  it('tells broken, empty and binary files without quoting them', () => {
    const { write, root } = newTree()
    write('bad.json', '{"token": "sk-secret" oops}')
    write('bad.toml', 'token = sk-secret')
    write('bad.yaml', 'a: [sk-secret')
    write('empty.json')
    write('binary.json', Buffer.from([0x7b, 0, 0x7d]))
    expect(codes(join(root, 'bad.json'))).toEqual(['config.invalid_json'])
    expect(codes(join(root, 'bad.toml'), 'toml')).toEqual(['config.invalid_toml'])
    expect(codes(join(root, 'bad.yaml'), 'yaml')).toEqual(['config.invalid_yaml'])
    expect(codes(join(root, 'empty.json'))).toEqual(['file.empty'])
    expect(codes(join(root, 'binary.json'))).toEqual(['file.binary'])
    for (const [name, format] of [
      ['bad.json', 'json'],
      ['bad.toml', 'toml'],
      ['bad.yaml', 'yaml'],
    ] as const) {
      const [found] = read(join(root, name), format).diagnostics
      expect(found?.detail).toMatch(/line 1/)
      expect(JSON.stringify(found)).not.toContain('secret')
    }
  })

  it('reads a latin-1 file and says so', () => {
    const { write, root } = newTree()
    write('a.json', Buffer.from('{"a": "caf\xe9"}', 'latin1'))
    expect(read(join(root, 'a.json'))).toMatchObject({
      value: { a: 'café' },
      diagnostics: [{ code: 'file.not_utf8' }],
    })
  })

  it('leaves a huge file, a folder and a named pipe alone', () => {
    const { write, root } = newTree()
    write('huge.toml', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20))
    mkdirSync(join(root, 'folder.json'))
    execFileSync('mkfifo', [join(root, 'pipe.json')])
    expect(read(join(root, 'huge.toml'), 'toml')).toMatchObject({
      diagnostics: [{ code: 'config.too_large' }],
      counters: { filesRead: 0 },
    })
    expect(codes(join(root, 'folder.json'))).toEqual(['file.unreadable'])
    expect(codes(join(root, 'pipe.json'))).toEqual(['file.unreadable'])
  })

  it('follows links and tells loops', () => {
    const { write, link, root } = newTree()
    write('real.json', '{"a":1}')
    link('link.json', 'real.json')
    link('loop.json', 'loop.json')
    link('dangling.json', 'nowhere.json')
    expect(read(join(root, 'link.json')).value).toEqual({ a: 1 })
    expect(read(join(root, 'loop.json')).diagnostics).toEqual([{ code: 'file.unreadable', detail: 'ELOOP' }])
    expect(read(join(root, 'dangling.json')).diagnostics).toEqual([])
  })

  it.skipIf(process.getuid?.() === 0)('tells a file that must not be read', () => {
    const { write, root } = newTree()
    write('a.json', '{}')
    chmodSync(join(root, 'a.json'), 0)
    expect(codes(join(root, 'a.json'))).toEqual(['file.unreadable'])
  })

  it('refuses YAML that explodes when its aliases are expanded', () => {
    const { write, root } = newTree()
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    write('bomb.yaml', lines.join('\n'))
    expect(codes(join(root, 'bomb.yaml'), 'yaml')).toEqual(['config.invalid_yaml'])
  })
})

describe('signatureOf', () => {
  it('changes with the file, and differs between files', () => {
    const { write, root } = newTree()
    const signature = (name: string) => signatureOf(lookAt(join(root, name), noCounters()))
    const missing = signature('a.json')
    write('a.json', '{}')
    const before = signature('a.json')
    write('a.json', '{ }')
    write('b.json', '{ }')
    expect(new Set([missing, before, signature('a.json'), signature('b.json')]).size).toBe(4)
    expect(signature('a.json')).toBe(signature('a.json'))
  })
})
