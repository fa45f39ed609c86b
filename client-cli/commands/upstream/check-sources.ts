/** Asking the sources of artifacts, and what came of it; for `outdated` and `upstream check`. */
import type { ParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { CommandContext } from '../../command.ts'
import { plural } from '../../format/values.ts'

export type SourceCheck = NonNullable<ResultOf<'upstream.check'>['result']>

/** Waits for the answers. Errors: those of the call. */
export async function checkSources(
  { call, io }: Pick<CommandContext, 'call' | 'io'>,
  params: Omit<ParamsOf<'upstream.check'>, 'background'>,
): Promise<SourceCheck | null> {
  const bar = io.progress('Asking the sources')
  bar.update(0, 0)
  try {
    return (await call('upstream.check', params)).result
  } finally {
    bar.end()
  }
}

/** Which sources did not answer, and why. */
export function tellFailures(io: CommandContext['io'], { failed, offline }: SourceCheck): void {
  for (const { source, message } of failed) io.note(`${source}: ${message}`)
  if (offline > 0) {
    io.note(
      `${plural(offline, 'source')} not asked: there is no network, or it is not to be used (net.offline).`,
    )
  }
}
