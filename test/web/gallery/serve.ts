import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'
import { commonHeaders } from '../../../daemon/kernel/http/reply-headers.ts'
import type { PageServer } from '../../support/browser/pages.ts'
import { listen } from '../../support/loopback-server.ts'

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** Builds the gallery as the page is built, and serves it with the headers of the daemon, its policy among them. */
export async function serveGallery(): Promise<PageServer & { close(): Promise<void> }> {
  const outDir = mkdtempSync(join(tmpdir(), 'smd-gallery-'))
  await build({
    configFile: join(import.meta.dirname, '../../../web/vite.config.ts'),
    root: import.meta.dirname,
    logLevel: 'error',
    publicDir: join(import.meta.dirname, '../../../web/public'),
    build: { outDir },
  })
  const { loopback, close } = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = extname(pathname) === '' ? '/index.html' : pathname
    response.writeHead(200, { ...commonHeaders, 'content-type': types[extname(file)] ?? 'text/plain' })
    response.end(readFileSync(join(outDir, file)))
  })
  return {
    link: async (path) => loopback.origin + path,
    async close() {
      await close()
      rmSync(outDir, { recursive: true })
    },
  }
}
