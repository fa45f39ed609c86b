/** The ways a comparison is printed. */
import type { ArgSpecs, CommandContext } from '../../command.ts'
import { type FileDiff, patchLines } from '../../format/unified-diff.ts'

export const diffOutputArgs = {
  stat: { type: 'boolean', describe: 'Only how many lines differ in which files' },
  'side-by-side': { type: 'boolean', alias: 'y', describe: 'In two columns, as wide as the terminal' },
} as const satisfies ArgSpecs

/** For what asks for a comparison. */
export const contextArgs = {
  context: {
    type: 'number',
    alias: 'c',
    min: 0,
    max: 100_000,
    describe: 'Unchanged lines around a change (default: 3)',
  },
} as const satisfies ArgSpecs

/** For whatever may have several files. */
export const ignoreArgs = {
  ignore: {
    type: 'string',
    alias: 'i',
    many: true,
    describe:
      'Leave out what has such a name, or path: *.log, build, docs/**/*.md (may be given several times)',
  },
} as const satisfies ArgSpecs

/** What a comparison is asked with. */
export const toDiffOptions = ({
  context,
  ignore,
}: {
  context?: number | undefined
  ignore?: string[] | undefined
}): { context?: number; ignore?: string[] } => ({
  ...(context !== undefined && { context }),
  ...(ignore && { ignore }),
})

export type DiffOutput = { stat?: boolean | undefined; 'side-by-side'?: boolean | undefined }

/** As a patch, in two columns, or counted. */
export async function printFiles(
  io: CommandContext['io'],
  files: readonly FileDiff[],
  { stat, 'side-by-side': isSideBySide }: DiffOutput,
): Promise<void> {
  if (stat) return printCounts(io, files)
  if (!isSideBySide) {
    for (const file of files) io.verbatim(patchLines(file))
    return
  }
  const { sideBySide } = await import('../../format/side-by-side.ts')
  for (const file of files) io.verbatim(await sideBySide(file, io.columns))
}

/** Lines of a file that are only on one side; null where they are not known. */
export function countLines({ hunks }: Pick<FileDiff, 'hunks'>): { added: number; removed: number } | null {
  if (hunks === null) return null
  const lines = hunks.flatMap((hunk) => hunk.lines)
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length
  return { added: count('+'), removed: count('-') }
}

async function printCounts(io: CommandContext['io'], files: readonly FileDiff[]): Promise<void> {
  await io.table(files, [
    { title: 'FILE', text: ({ path }) => path, shrink: 20 },
    { title: 'STATUS', text: ({ status }) => status },
    { title: 'ADDED', text: (file) => countOf(file, 'added'), align: 'right' },
    { title: 'REMOVED', text: (file) => countOf(file, 'removed'), align: 'right' },
  ])
}

const countOf = (file: FileDiff, which: 'added' | 'removed'): string => {
  const counts = countLines(file)
  return counts === null ? '-' : String(counts[which])
}
