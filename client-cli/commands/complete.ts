import { SmdError } from '../../protocol/errors.ts'
import { type Command, type CommandContext, defineCommand } from '../command.ts'
import { type Candidate, completionsFor } from '../completion/candidates.ts'
import { cachedNames, needsDaemon, settingNames } from '../completion/names.ts'
import { connectToRunning } from '../session.ts'

/** Whoever presses a key does not wait longer, ms. */
const PATIENCE_MS = 500

/** What the completion scripts call. Never starts the daemon, and says nothing when something is wrong. */
export const completeCommand = defineCommand({
  name: '__complete',
  summary: 'Candidates for the word at the cursor, one a line',
  hidden: true,
  examples: [],
  args: {
    word: { type: 'string', mayBeEmpty: true, describe: 'The word at the cursor, as far as it is typed' },
    words: { type: 'string', positional: true, raw: true, many: true, describe: 'The words before it' },
  },
  async run({ io, paths }, { word = '', words = [] }) {
    const completion = completionsFor(await allCommands(), words.filter(Boolean), word)
    if (completion.kind === 'files') return io.line('\tfiles')
    if (completion.kind === 'words') return print(io, completion.words, '')
    const { of, prefix, lead } = completion
    const names = needsDaemon(of)
      ? await askDaemon(paths, of as 'artifact' | 'project' | 'job' | 'token', prefix)
      : settingNames(of as 'setting' | 'cache-setting', prefix)
    print(io, names, lead)
  },
})

/** Loaded late: the table of commands holds this one too. */
async function allCommands(): Promise<readonly Command[]> {
  const [{ hotCommands }, { coldCommands }] = await Promise.all([import('./hot.ts'), import('./cold.ts')])
  return [...hotCommands, ...coldCommands]
}

async function askDaemon(
  paths: CommandContext['paths'],
  kind: 'artifact' | 'project' | 'job' | 'token',
  prefix: string,
): Promise<Candidate[]> {
  const connection = await connectToRunning(paths).catch(nothingKnown)
  if (!connection) return []
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())
  try {
    const names = cachedNames(connection.call, kind, prefix).catch(nothingKnown)
    return (await Promise.race([names, late])) ?? []
  } finally {
    connection.close()
  }
}

/** A remark in the middle of a command line being typed helps nobody; a bug must not stay hidden, though. */
function nothingKnown(error: unknown): null {
  if (error instanceof SmdError) return null
  throw error
}

function print(io: CommandContext['io'], candidates: readonly Candidate[], lead: string): void {
  for (const { value, what } of candidates) {
    // A name with a line end in it cannot be typed, nor told from two names.
    if (!/[\n\r\t]/.test(value)) io.line(`${lead}${value}\t${what.replace(/\s+/g, ' ')}`)
  }
}
