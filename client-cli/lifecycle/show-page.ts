import type { Call } from '../../protocol/client.ts'
import type { CommandContext } from '../command.ts'
import { openInBrowser, whyNoBrowser } from './open-browser.ts'

export type ShowOptions = {
  /** Of the page, with or without its first slash. */
  path?: string | undefined
  /** Print the address instead of opening it. */
  print?: boolean | undefined
}

/** An address that signs a browser in, and whether one was opened with it. */
export type Shown = { url: string; expiresAt: number; opened: boolean }

/**
 * Opens the page in the user's browser, or prints its address where there is none. With `--json` nothing is printed.
 * Errors: those of `web.link`.
 */
export async function showPage(
  { io, env }: Pick<CommandContext, 'io' | 'env'>,
  call: Call,
  { path = '/', print = false }: ShowOptions,
): Promise<Shown> {
  const { platform } = process
  const reason = print ? 'asked' : whyNoBrowser(env, platform)
  const wanted = { path: `/${path.replace(/^\/+/, '')}` }
  const link = await call('web.link', { ...wanted, asFile: reason === null })
  const { url, expiresAt, file } = link
  const opened = file !== null && (await openInBrowser(file, env, platform))
  if (opened) {
    io.line(`Opened ${new URL(url).origin} in your browser.`)
    io.note('Nothing to be seen? This prints an address that signs you in: smd open --print')
    return { url, expiresAt, opened }
  }
  io.line(url)
  io.note('It signs one browser in, once, within a minute.')
  if (reason === 'ssh') io.note(`From the machine you sit at: ${tunnel(url)}`)
  else if (reason !== 'asked') io.note('No browser could be opened here; open the address yourself.')
  return { url, expiresAt, opened }
}

/** The port has to be the same on both sides: the page answers under no other. */
function tunnel(url: string): string {
  const { port, hostname } = new URL(url)
  return `ssh -N -L ${port || 80}:${hostname}:${port || 80} THIS-MACHINE, then open the address there`
}
