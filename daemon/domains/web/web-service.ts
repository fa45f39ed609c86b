import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'

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
  { web }: DaemonContext,
  { path }: ParsedParamsOf<'web.link'>,
): Promise<ResultOf<'web.link'>> {
  await web.settled
  if (web.url === null) throw new SmdError('web.not_served', { reason: web.problem })
  const { code, expiresAt } = web.codes.make()
  const url = new URL(`${web.url}${path.slice(1)}`)
  url.hash = `code=${code}`
  return { url: url.href, expiresAt }
}

/** Connected pages are told at once. */
export async function signOut({ web }: DaemonContext): Promise<ResultOf<'web.signOut'>> {
  return { ended: await web.sessions.endAll() }
}
