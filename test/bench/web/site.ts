/** What serves a page: a daemon of its own with a filled cache, and the trivial page beside it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import type { Connection } from '../../../client-cli/connect.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, type Place, startDaemon, untilIdle } from '../daemon.ts'
import { cleanEnv, node } from '../processes.ts'

export type Site = {
  place: Place
  pid: number
  call: Connection['call']
  origin: string
  artifacts: number
  projects: number
  /** Signs the browser context in, and takes back what the page has stored by then. */
  signIn(context: BrowserContext): Promise<void>
  stop(): Promise<void>
}

/** A daemon that has read this home, watches it and has nothing else to do. */
export async function startSite(bench: Bench, home: string): Promise<Site> {
  const place = newPlace(bench, home, { SMD_WEB_ENABLED: 'true', SMD_WEB_PORT: '0' })
  const { artifacts, projects } = await fillCache(bench, place)
  const daemon = await startDaemon(bench, place)
  const { call, close } = daemon.connect()
  await untilIdle(call)
  await call('cache.sync', {})
  const { url, problem } = await call('web.status', {})
  if (url === null) throw new Error(`the page is not served: ${problem}`)
  return {
    place,
    pid: daemon.pid,
    call,
    origin: new URL(url).origin,
    artifacts,
    projects,
    async signIn(context) {
      const page = await context.newPage()
      await page.goto((await call('web.link', { path: '/' })).url)
      await page.getByRole('main').waitFor()
      await page.close()
    },
    async stop() {
      close()
      await daemon.stop()
    },
  }
}

/** The trivial page, served by a process of its own. */
export async function startFloor({ temp }: Bench): Promise<{ origin: string; stop(): void }> {
  const script = join(import.meta.dirname, '../floors/static-page.ts')
  const child = spawn(node, [script], { env: cleanEnv(temp, temp), stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  return { origin: `http://127.0.0.1:${Number(port)}`, stop: () => child.stdin.end() }
}
