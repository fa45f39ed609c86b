import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readWebFiles } from '../../../../daemon/kernel/http/web-files.ts'

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'smd-web-'))
  folder = join(root, 'web')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(root, 'secret.txt'), 'not for the page')
  write('index.html', '<!doctype html><base href="/" /><script src="./assets/a-1.js"></script>')
  write('favicon.svg', '<svg/>')
  const script = 'console.log(1)\n'.repeat(100)
  write('assets/a-1.js', script)
  write('assets/a-1.js.br', brotliCompressSync(script))
  write('assets/a-1.js.gz', gzipSync(script))
  write('assets/a-2.css', 'a{}')
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content)
const asked = (headers: Record<string, string> = {}, method = 'GET') => ({ method, headers })
const bodyOf = ({ body }: { body?: unknown }): string => String(body)
const missing = expect.objectContaining({ slug: 'http.not_found' })

describe('readWebFiles', () => {
  it.each([
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/favicon.svg', 'image/svg+xml', 'no-cache'],
    ['/assets/a-1.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/a-2.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('serves %s as what it is, and says how long it may be kept', (path, type, kept) => {
    const { status, headers } = readWebFiles(folder, '/').reply(path, asked(), false)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': kept, vary: 'accept-encoding' })
  })

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliCompressSync],
    ['gzip, deflate', 'gzip', gzipSync],
    ['GZIP;q=0.5', 'gzip', gzipSync],
    ['br;q=0, gzip', 'gzip', gzipSync],
    ['identity', undefined, null],
    ['br;q=0, gzip;q=0.0', undefined, null],
    ['', undefined, null],
  ])('hands out what was packed to a browser that takes %j', (accepted, encoding, pack) => {
    const files = readWebFiles(folder, '/')
    const reply = files.reply('/assets/a-1.js', asked({ 'accept-encoding': accepted }), false)
    const script = 'console.log(1)\n'.repeat(100)
    expect(reply.headers?.['content-encoding']).toBe(encoding)
    expect(Buffer.from(reply.body as Buffer).equals(pack ? pack(script) : Buffer.from(script))).toBe(true)
    // Of what is small there is only one.
    const small = files.reply('/assets/a-2.css', asked({ 'accept-encoding': accepted }), false)
    expect(small.headers).not.toHaveProperty('content-encoding')
  })

  it('puts the path it lies below into the page', () => {
    const reply = readWebFiles(folder, '/tools/smd/').reply('/', asked(), true)
    expect(bodyOf(reply)).toContain('<base href="/tools/smd/" />')
  })

  it.each(['/', '/projects', '/projects/prj_1', '/artifacts/', '/a.b/c'])('shows the page at %s', (path) => {
    const reply = readWebFiles(folder, '/').reply(path, asked({ accept: 'text/html,*/*;q=0.8' }), true)
    expect(bodyOf(reply)).toContain('<!doctype html>')
  })

  it.each([
    ['a script that is not there', '/assets/a-9.js', true],
    ['a picture that is not there', '/logo.png', true],
    ['an address that no navigation asks for', '/projects', false],
    ['a packed copy', '/assets/a-1.js.br', true],
    ['a folder', '/assets/', false],
    ['a folder of another kind', '/assets', false],
  ])('does not show it for %s', (_, path, isNavigation) => {
    expect(() => readWebFiles(folder, '/').reply(path, asked(), isNavigation)).toThrow(missing)
  })

  it('does not show it to who wants something else', () => {
    const json = asked({ accept: 'application/json' })
    expect(() => readWebFiles(folder, '/').reply('/projects', json, true)).toThrow(missing)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('has nothing for %s', (method) => {
    const wrong = expect.objectContaining({ slug: 'http.method' })
    expect(() => readWebFiles(folder, '/').reply('/', asked({}, method), true)).toThrow(wrong)
  })

  it('lets the page use the styles that stand in it, letter by letter, and no others', () => {
    write('index.html', '<!doctype html><style>a{}</style><style>b { }</style><p>')
    const files = readWebFiles(folder, '/')
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64')
    const policy = files.reply('/', asked(), true).headers?.['content-security-policy'] ?? ''
    expect(policy.split('; ')).toEqual([
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      `style-src 'self' 'sha256-${hash('a{}')}' 'sha256-${hash('b { }')}'`,
    ])
    expect(files.reply('/favicon.svg', asked(), false).headers).not.toHaveProperty('content-security-policy')
  })

  it('names the files of a view in the page that is opened there', () => {
    write('index.html', '<!doctype html><body></body>')
    const views = [
      { path: '/projects', files: ['assets/p-1.js'] },
      { path: '/projects/:id', files: ['assets/o-1.js', 'assets/l-1.js'] },
    ]
    write('views.json', JSON.stringify(views))
    const files = readWebFiles(folder, '/')
    const namedAt = (path: string): string[] =>
      [...bodyOf(files.reply(path, asked(), true)).matchAll(/modulepreload" href="\.\/([^"]+)"/g)].map(
        ([, name]) => String(name),
      )
    expect(namedAt('/projects')).toEqual(['assets/p-1.js'])
    expect(namedAt('/projects/prj_1')).toEqual(['assets/o-1.js', 'assets/l-1.js'])
    expect(namedAt('/projects/')).toEqual(['assets/p-1.js'])
    for (const path of ['/', '/projects/prj_1/x', '/nowhere']) expect(namedAt(path)).toEqual([])
    expect(() => files.reply('/views.json', asked(), false)).toThrow(missing)
  })

  it('leads nowhere out of its folder, whatever the path', () => {
    const files = readWebFiles(folder, '/')
    const part = fc.constantFrom(
      ...[
        '..',
        '.',
        '',
        '%2e%2e',
        '..%2f',
        '%2F',
        '..\\',
        '%5c..',
        'secret.txt',
        'assets',
        '\u0000',
        '%00',
        '~',
        root,
      ],
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(part, fc.string()), { maxLength: 8 }),
        fc.boolean(),
        (parts, isNavigation) => {
          try {
            const { body } = files.reply(`/${parts.join('/')}`, asked(), isNavigation)
            expect(String(body)).not.toContain('not for the page')
          } catch (error) {
            expect(error).toEqual(missing)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('keeps the build it began with when the folder is replaced by another (L9)', () => {
    const files = readWebFiles(folder, '/')
    rmSync(folder, { recursive: true })
    expect(bodyOf(files.reply('/', asked(), true))).toContain('a-1.js')
    expect(bodyOf(files.reply('/assets/a-1.js', asked(), false))).toContain('console.log')
  })

  it('follows the folder where it is told to', () => {
    const files = readWebFiles(folder, '/', true)
    write('assets/a-3.js', 'next')
    write('index.html', '<!doctype html>next')
    utimesSync(join(folder, 'index.html'), 1, 1)
    expect(bodyOf(files.reply('/assets/a-3.js', asked(), false))).toBe('next')
    expect(bodyOf(files.reply('/', asked(), true))).toContain('next')
  })

  it('has no page where none was built', () => {
    const files = readWebFiles(join(root, 'nothing'), '/', true)
    expect(() => files.reply('/', asked(), true)).toThrow(missing)
  })
})
