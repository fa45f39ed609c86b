import type { Call } from '../../protocol/client.ts'
import { settingKeys, settingSpec } from '../../protocol/settings.ts'
import type { CompletionKind } from '../command.ts'
import type { Candidate } from './candidates.ts'

/** More would not be read by anybody. */
const MOST = 200
/** The daemon answers this for all its projects at once. */
const MOST_PROJECTS = 10_000

/** Whether the daemon has to be asked for names of this kind. */
export function needsDaemon(kind: CompletionKind): boolean {
  return kind === 'artifact' || kind === 'project' || kind === 'job' || kind === 'token'
}

/** Names of settings that begin with `prefix`. */
export function settingNames(kind: 'setting' | 'cache-setting', prefix: string): Candidate[] {
  const keys = kind === 'setting' ? settingKeys : settingKeys.filter((key) => key.startsWith('cache.'))
  const names = keys.flatMap((key) => {
    const { describe, aliases = [] } = settingSpec(key)
    const short = aliases.filter((alias) => kind === 'cache-setting' && !alias.includes('.'))
    return [key, ...short].map((value) => ({ value, what: describe }))
  })
  return names.filter(({ value }) => value.startsWith(prefix))
}

/** Names of artifacts, projects, jobs or tokens that begin with `prefix`, from the daemon. Errors: those of the call. */
export async function cachedNames(
  call: Call,
  kind: 'artifact' | 'project' | 'job' | 'token',
  prefix: string,
): Promise<Candidate[]> {
  if (kind === 'artifact') {
    const { items } = await call('artifacts.complete', { prefix, limit: MOST })
    return items.map((value) => ({ value, what: '' }))
  }
  if (kind === 'job') {
    const { items } = await call('jobs.list', {})
    return items
      .map(({ name, summary }) => ({ value: name, what: summary }))
      .filter(({ value }) => value.startsWith(prefix))
  }
  if (kind === 'token') {
    const { items } = await call('tokens.list', {})
    return items
      .map(({ name, scope }) => ({ value: name, what: scope }))
      .filter(({ value }) => value.startsWith(prefix))
  }
  const { items } = await call('projects.list', { limit: MOST_PROJECTS })
  const count = (name: string): number => items.filter((other) => other.name === name).length
  // A name that several projects have means none of them; their paths do.
  return items
    .map(({ name, path }) =>
      prefix.includes('/') || count(name) > 1 ? { value: path, what: name } : { value: name, what: path },
    )
    .filter(({ value }) => value.startsWith(prefix))
    .slice(0, MOST)
}
