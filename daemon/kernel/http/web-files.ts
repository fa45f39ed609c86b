/** The files of the page. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { extname, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import { policyWithStyles } from './reply-headers.ts'
import type { HttpReply } from './route.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Files in this folder have a hash of their content in their name. */
const hashed = /^\/assets\//
const IMMUTABLE = 'public, max-age=31536000, immutable'
/** Kept, and asked for each time whether it is still the same. */
const CHECKED = 'no-cache'

/** One file, and its packed copies by the name of the encoding. */
type WebFile = {
  content: Buffer
  packed: ReadonlyArray<readonly [encoding: string, content: Buffer]>
  /** Its own policy, where it needs another one than everything else. */
  policy?: string
}

/** A view of the page, and the files it needs beside those of every view, as the build wrote it down. */
type View = { path: string; files: readonly string[] }
/** Where the build wrote that. */
const VIEWS = '/views.json'

export type WebFiles = {
  /**
   * The file at a path, or the page itself where an address of it is opened; `path` is below the base path and still
   * encoded. Errors: `http.not_found`, `http.method`.
   */
  reply(path: string, request: Pick<IncomingMessage, 'method' | 'headers'>, isNavigation: boolean): HttpReply
}

/**
 * Reads all files of a build at once: some hundred kilobytes, and what a page of this build asks for later is still
 * there after the folder was replaced by that of another (daemon spec L9). Only names that were found are answered, so
 * no path leads out of the folder. With `followed` they are read again when the build in the folder is another, for
 * development.
 */
export function readWebFiles(folder: string, basePath: string, followed = false): WebFiles {
  const index = join(folder, 'index.html')
  const mark = (): number => statSync(index, { throwIfNoEntry: false })?.mtimeMs ?? 0
  let files = readAll(folder, basePath)
  let seen = mark()
  return {
    reply(path, { method = '', headers }, isNavigation) {
      if (method !== 'GET' && method !== 'HEAD') {
        throw new SmdError('http.method', { path: path.slice(0, 200), method, allowed: 'GET, HEAD' })
      }
      if (followed && seen !== mark()) {
        files = readAll(folder, basePath)
        seen = mark()
      }
      const isPage = path === '/' || (isNavigation && !/\.[^/]*$/.test(path) && accepts(headers.accept))
      const name = isPage ? '/index.html' : path
      const file = files.byName.get(name)
      if (!file) throw new SmdError('http.not_found', { path: path.slice(0, 200) })
      const reply = replyWith(name, file, String(headers['accept-encoding'] ?? ''))
      return isPage ? { ...reply, body: withFilesOf(viewAt(files.views, path), reply.body as Buffer) } : reply
    },
  }
}

function accepts(header: string | undefined): boolean {
  return header === undefined || /text\/html|\*\/\*/.test(header)
}

function replyWith(name: string, { content, packed, policy }: WebFile, encodings: string): HttpReply {
  const wanted = encodings
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => !/;\s*q=0(?:\.0*)?$/.test(entry))
    .map((entry) => entry.split(';')[0]?.trim())
  const found = packed.find(([encoding]) => wanted.includes(encoding))
  return {
    status: 200,
    headers: {
      'content-type': types[extname(name)] ?? 'application/octet-stream',
      'cache-control': hashed.test(name) ? IMMUTABLE : CHECKED,
      vary: 'accept-encoding',
      ...(policy !== undefined && { 'content-security-policy': policy }),
      ...(found && { 'content-encoding': found[0] }),
    },
    body: found ? found[1] : content,
  }
}

/** Null for an address without a view. */
function viewAt(views: readonly View[], path: string): View | null {
  const given = (path.replace(/\/$/, '') || '/').split('/')
  const isAt = (parts: readonly string[]): boolean =>
    parts.length === given.length &&
    parts.every((part, at) => part === given[at] || (part.startsWith(':') && given[at] !== ''))
  return views.find((view) => isAt(view.path.split('/'))) ?? null
}

/** Has the browser fetch the files of a view along with the page. */
function withFilesOf(view: View | null, page: Buffer): Buffer {
  if (!view) return page
  const links = view.files.map((name) => `<link rel="modulepreload" href="./${name}">`).join('')
  return Buffer.from(page.toString('utf8').replace('</body>', `${links}</body>`))
}

/** By path below the base. None where nothing was built. */
function readAll(folder: string, basePath: string): { byName: Map<string, WebFile>; views: readonly View[] } {
  const found = new Map<string, Buffer>()
  if (existsSync(folder)) readFolder(folder, '', found)
  const files = new Map<string, WebFile>()
  for (const [name, content] of found) {
    if (/\.(?:br|gz)$/.test(name) || name === VIEWS) continue
    if (name === '/index.html') files.set(name, document(content, basePath))
    else {
      const copies = [
        ['br', found.get(`${name}.br`)],
        ['gzip', found.get(`${name}.gz`)],
      ] as const
      files.set(name, {
        content,
        packed: copies.flatMap(([as, copy]) => (copy ? [[as, copy] as const] : [])),
      })
    }
  }
  return { byName: files, views: JSON.parse(found.get(VIEWS)?.toString('utf8') ?? '[]') }
}

/** By names alone: what Node has for whole trees takes 2 MB when it is used once. */
function readFolder(folder: string, prefix: string, found: Map<string, Buffer>): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry)
    const name = `${prefix}/${entry}`
    if (statSync(path).isDirectory()) readFolder(path, name, found)
    else found.set(name, readFileSync(path))
  }
}

/** The addresses in the page are relative to its base; the styles it has in itself are those it may use. */
function document(content: Buffer, basePath: string): WebFile {
  const page = content.toString('utf8').replace('<base href="/" />', `<base href="${basePath}" />`)
  const styles = Array.from(page.matchAll(/<style>(.*?)<\/style>/gs), ([, style = '']) => style)
  return {
    content: Buffer.from(page),
    packed: [],
    ...(styles.length > 0 && { policy: policyWithStyles(styles) }),
  }
}
