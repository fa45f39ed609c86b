import type { UpdateRow } from './update-row.ts'

/** What to do about an update: a sentence, and what to type where that is known. */
export type SuggestedAction = { text: string; command: string | null }

type Asked = Pick<
  UpdateRow,
  'name' | 'type' | 'scope' | 'project' | 'path' | 'source' | 'upstreamVersion' | 'state' | 'reason'
>

/** Whether the page can do it: what is in a collection is brought up to its source there. */
export const canUpdate = ({ scope, state, reason }: Pick<Asked, 'scope' | 'state' | 'reason'>): boolean =>
  scope === 'collection' &&
  (state === 'outdated' || state === 'diverged') &&
  reason?.code !== 'removed_upstream'

/**
 * Suggests how to take over what the source has; outside of collections smd changes no file for that. Who installed an artifact is not recorded
 * in general, so managers are named as examples where it may have been another one.
 */
export function suggestAction(artifact: Asked): SuggestedAction {
  const { name, type, scope, project, path, source, upstreamVersion, state, reason } = artifact
  if (reason?.code === 'removed_upstream')
    return { text: 'Its source does not have it any more. Keep this copy, or delete it.', command: null }
  if (state === 'modified')
    return {
      text: 'Nothing newer is there. An update would replace what was changed here.',
      command: null,
    }
  if (state !== 'outdated' && state !== 'diverged') return { text: 'There is nothing to do.', command: null }
  if (canUpdate(artifact))
    return { text: 'Update shows what would change, file by file, and then does it.', command: null }
  const warning = state === 'diverged' ? 'It was changed here, too, and an update replaces that. ' : ''
  const place = scope === 'project' || scope === 'local' ? project?.path : undefined
  const typed = (command: string, ...words: string[]): string | null =>
    inTerminal(place, `${command} ${words.map(quoted).join(' ')}`, words)

  if (type === 'plugin')
    return {
      text: `${warning}Let Claude Code update the plugin.`,
      command: typed('claude plugin update', name),
    }
  const npmName = /^npm:(.+)$/.exec(source ?? '')?.[1]
  if (npmName !== undefined && upstreamVersion !== null)
    return {
      text: `${warning}Write the newer version into ${path}: ${npmName}@${upstreamVersion}. It runs from the next start of the agent.`,
      command: null,
    }
  if (type === 'skill')
    return {
      text: `${warning}Let the manager that installed it update it; for the skills CLI that is:`,
      command: typed('npx skills update', name),
    }
  const from = source === null ? 'its source' : source
  return { text: `${warning}Get the newer files from ${from} with what installed them.`, command: null }
}

/** Names come from files that anybody may have written: what could be more than one line is not offered at all. */
function inTerminal(place: string | undefined, command: string, words: readonly string[]): string | null {
  const isSafe = [...words, place ?? ''].every((word) => !/\p{C}/u.test(word) && !word.startsWith('-'))
  if (!isSafe) return null
  return place === undefined ? command : `cd ${quoted(place)} && ${command}`
}

/** As one word for a shell. */
const quoted = (word: string): string =>
  /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
