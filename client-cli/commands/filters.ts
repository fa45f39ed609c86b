import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { artifactScopes, artifactTypes } from '../../protocol/vocabulary.ts'
import type { ArgSpecs } from '../command.ts'

/** Options that choose artifacts. */
export const filterArgs = {
  project: {
    type: 'string',
    alias: 'p',
    describe: 'Only of this project: path, name or id',
    complete: 'project',
  },
  type: { type: 'string', alias: 't', choices: artifactTypes, describe: 'Only artifacts of this type' },
  scope: { type: 'string', alias: 's', choices: artifactScopes, describe: 'Only artifacts of this scope' },
  tag: { type: 'string', describe: 'Only artifacts with this tag' },
  outdated: { type: 'boolean', describe: 'Only artifacts with a newer version' },
  modified: { type: 'boolean', describe: 'Only artifacts changed by hand after they were installed' },
} as const satisfies ArgSpecs

type Filters = {
  project?: string | undefined
  type?: (typeof artifactTypes)[number] | undefined
  scope?: (typeof artifactScopes)[number] | undefined
  tag?: string | undefined
  outdated?: boolean | undefined
  modified?: boolean | undefined
}

/** The filter parameters of the protocol, without what was not given; a relative project path becomes absolute. */
export function toFilter(args: Filters, cwd: string): Filters {
  const { project, type, scope, tag, outdated, modified } = args
  const filter: Filters = {
    project: project && projectRef(project, cwd),
    type,
    scope,
    tag,
    outdated,
    modified,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/**
 * `.` and relative paths mean the caller's folder, which the daemon does not know; projects go by their real paths.
 * A folder that is gone may still be a known project.
 */
export function projectRef(text: string, cwd: string): string {
  if (text !== '.' && text !== '..' && !/[/\\]/.test(text)) return text
  const path = resolve(cwd, text)
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
