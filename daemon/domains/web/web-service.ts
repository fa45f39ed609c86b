import { rm } from 'node:fs/promises'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { writeLinkFile } from './link-files.ts'

export function webStatus({ web }: DaemonContext): ResultOf<'web.status'> {
  const { url, problem, sessions, connections } = web
  const port = url === null ? null : Number(new URL(url).port || 80)
  return { url, port, problem, sessions: sessions.count, connections }
}

/**
 * The address with a code in its fragment, which no browser sends to anybody. Waits for a page that is about to be
 * served. Errors: `web.not_served`.
 */
export async function webLink(
  { web, paths, log }: DaemonContext,
  { path, asFile }: ParsedParamsOf<'web.link'>,
): Promise<ResultOf<'web.link'>> {
  await web.settled
  if (web.url === null) throw new SmdError('web.not_served', { reason: web.problem })
  let file: string | null = null
  const { code, expiresAt } = web.codes.make(() => {
    if (file === null) return
    rm(file, { force: true }).catch((error) =>
      log.warn('a file was not removed', { file, error: String(error) }),
    )
  })
  const url = new URL(`${web.url}${path.slice(1)}`)
  url.hash = `code=${code}`
  if (asFile) file = await writeLinkFile(paths.runtimeDir, url.href)
  return { url: url.href, expiresAt, file }
}

/** Connected pages are told at once. */
export async function signOut({ web }: DaemonContext): Promise<ResultOf<'web.signout'>> {
  return { ended: await web.sessions.endAll() }
}
