/** The command line: finds the command, reads its arguments, runs it, turns failures into exit codes. */
import { statSync } from 'node:fs'
import type { Paths } from '../daemon/kernel/config/paths.ts'
import { ExitCode, SmdError } from '../protocol/errors.ts'
import { type ArgsOf, type Command, type CommandContext, globalArgs } from './command.ts'
import { hotCommands } from './commands/hot.ts'
import { compileCacheFolder } from './entries.ts'
import { createIo, type Io } from './io.ts'
import { type PlainArgs, readPlainArgs } from './plain-args.ts'
import { createSession, userPaths } from './session.ts'

/** Commands are looked up among the few that must be quick first; the others, and yargs, are loaded only when needed. */
export async function main(argv: readonly string[], process: NodeJS.Process): Promise<number> {
  const hot = match(hotCommands, argv)
  const hotArgs = hot && readPlainArgs({ ...hot.command.args, ...globalArgs }, hot.rest)
  if (hot && hotArgs) return runCommand(hot.command, hotArgs, process)
  // Pays for the large files that follow; for the small one loaded so far it would cost more than it saves.
  await useCompileCache(userPaths(process.env, workingFolder(process)))
  const { coldCommands } = await import('./commands/cold.ts')
  const cold = match(coldCommands, argv)
  const coldArgs = cold && readPlainArgs({ ...cold.command.args, ...globalArgs }, cold.rest)
  if (cold && coldArgs) return runCommand(cold.command, coldArgs, process)
  const { runYargs } = await import('./register.ts')
  return runYargs(
    argv,
    [...hotCommands, ...coldCommands],
    (command, args) => runCommand(command, args, process),
    process,
  )
}

/** Only in a folder that the daemon has made, and that only we can write to: code is run from there. */
async function useCompileCache(paths: Paths): Promise<void> {
  if (!isOurs(paths.stateDir)) return
  const { enableCompileCache } = await import('node:module')
  enableCompileCache(compileCacheFolder(paths))
}

function isOurs(folder: string): boolean {
  try {
    const found = statSync(folder, { throwIfNoEntry: false })
    const uid = process.getuid?.()
    return found !== undefined && (uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0))
  } catch {
    // No way to it: commands that need the folder say so.
    return false
  }
}

/** The command that the first words name; the longer name wins (`cache config get` before `cache`). */
function match(
  commands: readonly Command[],
  argv: readonly string[],
): { command: Command; rest: readonly string[] } | null {
  for (let words = 3; words > 0; words--) {
    const name = argv.slice(0, words).join(' ')
    const command = commands.find(
      (candidate) => candidate.name === name || (candidate.groupDefault && groupOf(candidate) === name),
    )
    if (command) return { command, rest: argv.slice(words) }
  }
  return null
}

const groupOf = ({ name }: Command): string => name.slice(0, name.lastIndexOf(' '))

async function runCommand(command: Command, args: PlainArgs, process: NodeJS.Process): Promise<number> {
  const { json, 'no-spawn': noSpawn, ...own } = args
  const io = createIo(process, { json: json === true, env: process.env })
  const session = createSession({
    env: process.env,
    cwd: workingFolder(process),
    spawn: noSpawn !== true,
    remark: (text) => void process.stderr.write(`${text}\n`),
  })
  const ctx: CommandContext = {
    ...session,
    io,
    env: process.env,
    cwd: workingFolder(process),
    spawn: noSpawn !== true,
  }
  try {
    return (await command.run(ctx, own as ArgsOf<Command['args']>)) ?? ExitCode.ok
  } catch (error) {
    return fail(error, io, process)
  } finally {
    session.close()
  }
}

/** Expected failures are printed plainly; anything else is a bug and shows where it happened. */
function fail(error: unknown, io: Io, process: NodeJS.Process): number {
  if (error instanceof SmdError) {
    io.fail(error)
    return error.spec.exit
  }
  process.stderr.write(
    `smd failed unexpectedly. This is a bug.\n${String((error as Error)?.stack ?? error)}\n`,
  )
  return ExitCode.failure
}

/** A shell may sit in a folder that was deleted. */
function workingFolder(process: NodeJS.Process): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}
