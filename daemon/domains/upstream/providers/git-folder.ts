/** The folders in which git works: one for each question, gone after the answer. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const prefix = 'smd-upstream-'

/** The configuration of the user counts (proxies, credentials, certificates), but nothing asks and nothing runs. */
const config = {
  'core.bare': 'true',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'credential.interactive': 'false',
  'fetch.recurseSubmodules': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  // Fewer bytes per second are no connection.
  'http.lowSpeedLimit': '1000',
  'remote.origin.tagOpt': '--no-tags',
}

/**
 * Makes a bare repository with the remote `origin`, as `git init` would, but with nothing of templates. The address and
 * the token for GitHub are in its configuration, and in no list of arguments that others can see.
 */
export function makeGitFolder(
  tempDir: string,
  { url, token, silenceMs }: { url: string; token: string | null; silenceMs: number },
): string {
  mkdirSync(tempDir, { recursive: true })
  const dir = mkdtempSync(join(tempDir, `${prefix}${process.pid}-`))
  chmodSync(dir, 0o700)
  mkdirSync(join(dir, 'objects'))
  mkdirSync(join(dir, 'refs'))
  writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/main\n')
  const lowSpeedTime = String(Math.ceil(silenceMs / 1000))
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64')
  const lines = [
    ...['[core]', 'repositoryformatversion = 1', '[extensions]', 'partialClone = origin'],
    ...Object.entries({ ...config, 'http.lowSpeedTime': lowSpeedTime, 'remote.origin.url': url }).flatMap(
      section,
    ),
    ...(token === null
      ? []
      : ['[http "https://github.com/"]', `extraHeader = ${quote(`Authorization: Basic ${credentials}`)}`]),
  ]
  writeFileSync(join(dir, 'config'), `${lines.join('\n')}\n`, { mode: 0o600 })
  return dir
}

function section([key, value]: [string, string]): string[] {
  const parts = key.split('.')
  const name = parts.pop()
  const [first, second] = parts
  return [second === undefined ? `[${first}]` : `[${first} ${quote(second)}]`, `${name} = ${quote(value)}`]
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

/** Removes folders of processes that ended in the middle; others may have things of the same name in the folder. */
export function removeLeftovers(tempDir: string): void {
  for (const name of namesIn(tempDir)) {
    const pid = Number(/^smd-upstream-(\d+)-/.exec(name)?.[1])
    if (!(pid > 0) || isAlive(pid)) continue
    try {
      rmSync(join(tempDir, name), { recursive: true, force: true })
    } catch {
      // Somebody else's.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Not made yet, or not for us to list.
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
