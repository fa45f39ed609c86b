/** Hands a file to the user's browser. */
import { spawn } from 'node:child_process'

/** Some openers stay for as long as the browser does; one that has not failed by then works. */
const FAILS_WITHIN_MS = 1_500

/** Why no browser is opened here; `null` when one may be. */
export function whyNoBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): 'ssh' | 'no-display' | null {
  // A browser on this machine would open where nobody sits.
  if (env.SSH_CONNECTION || env.SSH_TTY) return 'ssh'
  const hasDisplay = env.DISPLAY || env.WAYLAND_DISPLAY
  return platform === 'darwin' || platform === 'win32' || hasDisplay ? null : 'no-display'
}

/** What opens a file with the program that the user chose for it; no shell is asked. */
function opener(platform: NodeJS.Platform): [command: string, ...args: string[]] {
  if (platform === 'darwin') return ['open']
  return platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open']
}

/** Whether the browser was told; false when there is no opener, or it says that it cannot. */
export function openInBrowser(
  file: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const [command, ...args] = opener(platform)
  // The browser may live on after this process, and needs all of the user's environment.
  const child = spawn(command, [...args, file], { env, cwd: '/', detached: true, stdio: 'ignore' })
  return new Promise((resolve) => {
    const done = (isOpened: boolean): void => {
      clearTimeout(patience)
      child.unref()
      resolve(isOpened)
    }
    const patience = setTimeout(done, FAILS_WITHIN_MS, true)
    child.once('error', () => done(false))
    child.once('exit', (code) => done(code === 0))
  })
}
