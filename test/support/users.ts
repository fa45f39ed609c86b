/** A second user of the machine: any process of a user id that owns nothing of the first. Linux and macOS. */
import { spawn, spawnSync } from 'node:child_process'

/** Owns nothing anywhere; needs no account. */
export const STRANGER = 54_321

/**
 * Runs a program of Node (an ES module in a string) as the stranger, with `job` as JSON on its standard input, and
 * returns what it prints, parsed from JSON. `gid` is its group. Throws where the tests may not act as somebody else.
 */
export async function runAsStranger<Answer>(
  program: string,
  job: unknown,
  { gid = STRANGER }: { gid?: number } = {},
): Promise<Answer> {
  requireSecondUser()
  return runProgram<Answer>(program, job, { uid: STRANGER, gid })
}

/** The same as one of the users that the tests act as; undefined is the one they run as. */
export async function runProgram<Answer>(
  program: string,
  job: unknown,
  { uid, gid }: { uid?: number | undefined; gid?: number | undefined } = {},
): Promise<Answer> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: '/',
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  })
  child.stdin.end(JSON.stringify(job))
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`it ended with ${code}`))))
  })
  return JSON.parse(text)
}

/** Throws, with what to do about it, where a process cannot be started as somebody else. */
export function requireSecondUser(): void {
  const { error } = spawnSync(process.execPath, ['--version'], { uid: STRANGER, gid: STRANGER })
  if (!error) return
  throw new Error(
    `This test acts as a second user (${(error as NodeJS.ErrnoException).code}). Run it as root, as CI does: ` +
      'sudo env "PATH=$PATH" npx vitest run test/journeys/other-users.test.ts',
  )
}
