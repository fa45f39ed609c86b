import { describe, expect, it } from 'vitest'
import { checkHost, checkOrigin, checkUpgrade, ownHosts } from '../../../../daemon/kernel/http/guard.ts'
import { readHead } from '../../../../daemon/kernel/http/request-head.ts'

type Headers = Record<string, string | string[]>

const head = (headers: Headers, { method = 'GET', url = '/' } = {}) =>
  readHead({
    method,
    url,
    headersDistinct: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]),
    ),
  })

const slugOf = (check: () => void): string | null => {
  try {
    check()
    return null
  } catch (error) {
    return (error as { slug: string }).slug
  }
}

const own = ['localhost:7463', 'LocalHost:7463', 'LOCALHOST:7463', '127.0.0.1:7463', '[::1]:7463']
const foreign = [
  // No port, or another one
  ...['localhost', '127.0.0.1', '[::1]', 'localhost:80', 'localhost:7464', '127.0.0.1:746', '[::1]:17463'],
  ...['localhost:', 'localhost:07463', 'localhost:+7463', 'localhost:7463:7463', '127.0.0.1:7463x', ':7463'],
  // Names that somebody lets point here
  ...['evil.example', 'evil.example:7463', 'localhost.evil.example:7463', 'evil-localhost:7463'],
  ...['localhost.:7463', '127.0.0.1.:7463', 'a.localhost:7463', 'localhost.localdomain:7463'],
  ...[
    '127.0.0.1.nip.io:7463',
    'localtest.me:7463',
    'ip6-localhost:7463',
    'machine:7463',
    'machine.local:7463',
  ],
  // The same address in other words
  ...['127.1:7463', '127.0.1:7463', '127.000.000.001:7463', '127.0.0.2:7463', '0.0.0.0:7463', '0:7463'],
  ...['2130706433:7463', '0x7f000001:7463', '0x7f.0.0.1:7463', '0177.0.0.1:7463', '192.168.1.5:7463'],
  ...[
    '::1:7463',
    '[::]:7463',
    '[::1%lo]:7463',
    '[0:0:0:0:0:0:0:1]:7463',
    '[::ffff:127.0.0.1]:7463',
    '[::1]7463',
  ],
  // What is no host
  ...[
    '',
    ' ',
    'user@localhost:7463',
    'localhost:7463@evil.example',
    'localhost:7463/',
    'http://localhost:7463',
  ],
  ...['localhost:7463,evil.example', 'localhost:7463 evil', 'localhost\t:7463', 'loca\u006c\u0000host:7463'],
  ...['ｌocalhost:7463', 'localhost%3a7463', 'localhost:7463#', 'localhost:7463?'],
]

describe('checkHost (S4)', () => {
  const hosts = ownHosts(7463)

  it('is tried with sixty values', () => {
    expect(new Set([...own, ...foreign]).size).toBeGreaterThanOrEqual(60)
  })

  it.each(own)('serves under %s', (host) => {
    expect(slugOf(() => checkHost(head({ host }), hosts))).toBeNull()
  })

  it.each(foreign)('serves under no other name: %j', (host) => {
    expect(slugOf(() => checkHost(head({ host }), hosts))).toBe('http.host')
  })

  it('needs the header, once', () => {
    expect(slugOf(() => checkHost(head({}), hosts))).toBe('http.host')
    const twice = head({ host: ['localhost:7463', 'localhost:7463'] })
    expect(slugOf(() => checkHost(twice, hosts))).toBe('http.host')
  })

  it.each([
    'http://localhost:7463/',
    'http://evil.example/',
    '*',
    'localhost:7463',
    '',
    '?x',
    'evil.example',
  ])('takes no target but a path: %j', (url) => {
    expect(slugOf(() => checkHost(head({ host: 'localhost:7463' }, { url }), hosts))).toBe('http.host')
  })

  it('leaves out the port that browsers leave out', () => {
    expect([...ownHosts(80)]).toContain('localhost')
    expect([...ownHosts(80)]).toContain('127.0.0.1:80')
    expect([...ownHosts(443)]).not.toContain('localhost')
  })
})

const host = '127.0.0.1:7463'
const here = `http://${host}`
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const bearer = { authorization: 'Bearer abc' }

/** What is sent, and whether it may be for: reading an interface, changing something, a file of the page. */
const cases: Array<[what: string, headers: Headers, read: boolean, change: boolean, page: boolean]> = [
  ['the page itself', { 'sec-fetch-site': 'same-origin', origin: here }, true, true, true],
  ['the page itself, by a GET', { 'sec-fetch-site': 'same-origin' }, true, true, true],
  ['the page in a browser without Sec-Fetch', { origin: here }, true, true, true],
  ['somebody who typed the address', { 'sec-fetch-site': 'none', ...navigation }, true, false, true],
  ['a program without a token', {}, true, false, true],
  ['a program with a token', bearer, true, true, true],
  ['a link on another site', { 'sec-fetch-site': 'cross-site', ...navigation }, false, false, true],
  [
    'a link on another port of this machine',
    { 'sec-fetch-site': 'same-site', ...navigation },
    false,
    false,
    true,
  ],
  [
    'a script of another site',
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    false,
    false,
    false,
  ],
  [
    'a script on another port',
    { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:8000' },
    false,
    false,
    false,
  ],
  [
    'an image of another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    false,
    false,
    false,
  ],
  [
    'a frame of another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    false,
    false,
    false,
  ],
  [
    'a form of another site',
    { 'sec-fetch-site': 'cross-site', origin: 'null', ...navigation },
    false,
    false,
    false,
  ],
  ['an old browser on another site', { origin: 'https://evil.example' }, false, false, false],
  ['an origin without a name', { origin: 'null' }, false, false, false],
  ['the same origin under another name', { origin: 'http://localhost:7463' }, false, false, false],
  ['the same host with TLS', { origin: `https://${host}` }, false, false, false],
  ['an origin with a slash', { origin: `${here}/` }, false, false, false],
  ['two origins', { origin: [here, here] }, false, false, false],
  [
    'two that disagree',
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    false,
    false,
    false,
  ],
  ['another site with a token', { 'sec-fetch-site': 'cross-site', ...bearer }, false, false, false],
  ['a word nobody knows', { 'sec-fetch-site': 'elsewhere' }, false, false, false],
]

describe('checkOrigin (S5)', () => {
  it.each(cases)('%s', (_, headers, read, change, page) => {
    const may = (method: string, purpose: 'page' | 'interface'): boolean =>
      slugOf(() => checkOrigin(head({ host, ...headers }, { method }), purpose)) === null
    for (const method of ['GET', 'HEAD']) {
      expect(may(method, 'interface'), method).toBe(read)
      expect(may(method, 'page'), method).toBe(page)
    }
    for (const method of ['POST', 'DELETE', 'PUT', 'OPTIONS'])
      expect(may(method, 'interface'), method).toBe(change)
    // A WebSocket is asked for by a GET and can change everything.
    expect(slugOf(() => checkUpgrade(head({ host, ...headers }))) === null).toBe(change)
  })
})

describe('readHead', () => {
  it.each([
    ['a=1; who=x; b=2', 'x'],
    ['who=x', 'x'],
    [['a=1', 'who=x'], 'x'],
    ['who=', ''],
    ['who=x=y', 'x=y'],
    ['who=x; who=y', null],
    [['who=x', 'who=x'], null],
    ['anywho=x', null],
    ['who', null],
    ['', null],
  ])('finds a cookie in %j', (cookie, value) => {
    expect(head({ cookie }).proof.cookie('who')).toBe(value)
  })

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer   abc ', 'abc'],
    ['Bearer a.b~c+d/e==', 'a.b~c+d/e=='],
    ['Basic abc', ''],
    ['Bearer', ''],
    ['Bearer a b', ''],
    [['Bearer abc', 'Bearer abc'], ''],
  ])('finds a token in %j', (authorization, token) => {
    expect(head({ authorization }).proof.bearer).toBe(token)
    expect(head({}).proof.bearer).toBeNull()
  })
})
