/** What providers of files have in common: revisions in which paths have ids. */
import { createHash } from 'node:crypto'
import { NetError } from '../../../kernel/net/net-error.ts'
import { RunError } from '../../../kernel/process/run-process.ts'
import {
  type ContentsOf,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamItem,
  type UpstreamQuery,
} from '../source.ts'
import type { Listing } from './tree-id.ts'

/** Files at one moment. Paths are `/`-separated and relative; '' is all of it. */
export type Revision = {
  /** Commit; null when there is none, or nobody said. */
  commit: string | null
  /** Id of the git tree or blob under a path; null when there is nothing. */
  digest(path: string): Promise<string | null>
  /** Content of a file; null when there is none. Errors: more than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Buffer | null>
  /** What all of its files hold; null when nothing beside what is read can be seen. */
  files: RevisionFiles | null
}

export type RevisionFiles =
  | { kind: 'disk'; root: string }
  | {
      kind: 'objects'
      /** Every entry at a path (as '') and below it, folders and submodules too; null when there is nothing. */
      entries(path: string): Promise<Listing | null>
      contents: ContentsOf
    }

export type Opened =
  | { kind: 'unchanged' }
  | {
      kind: 'open'
      head: Revision
      /** Newest version among the tags. */
      version: string | null
      /** What tells cheaply the next time that nothing changed; null: nothing does. */
      validator: string | null
      /** An older revision: commit or tag. Null when there is no such one. */
      at(revision: string): Promise<Revision | null>
      close(): Promise<void>
    }

/** Opens a source, unless `validator` says that it is as it was. */
export type Open = (validator: string | null, signal: AbortSignal) => Promise<Opened>

type Answer = Extract<UpstreamAnswer, { kind: 'answer' }>

/** The whole answer to a query about files. `itemsOf` tells what a revision holds under the wanted paths. */
export async function askRevisions(
  open: Open,
  query: UpstreamQuery,
  signal: AbortSignal,
  itemsOf: (revision: Revision, paths: readonly string[]) => Promise<UpstreamItem[]> = digestsOf,
): Promise<UpstreamAnswer> {
  // Who needs bases needs an answer, even when nothing changed.
  const opened = await open(query.bases.length > 0 ? null : query.validator, signal)
  if (opened.kind === 'unchanged') return opened
  try {
    const { head, version, validator } = opened
    const items = await itemsOf(head, query.paths)
    const bases: Answer['bases'] = []
    for (const { revision, paths } of query.bases) {
      try {
        const base = await opened.at(revision)
        bases.push({ revision, items: base ? await itemsOf(base, paths) : paths.map(missing) })
      } catch (error) {
        // The newest is worth having without it.
        if (signal.aborted || !isForeseen(error)) throw error
      }
    }
    return settle({ kind: 'answer', version, revision: head.commit, validator, items, bases }, query)
  } finally {
    await opened.close()
  }
}

/** Gives an answer without a validator one of its own, and tells when it is the answer the asker has. */
export function settle(answer: Answer, query: UpstreamQuery): UpstreamAnswer {
  if (answer.validator !== null) return answer
  const { version, revision, items } = answer
  const content = createHash('sha256')
    .update(JSON.stringify([version, revision, items]))
    .digest('hex')
  const validator = `content:${content}`
  const isKnown = validator === query.validator && query.bases.length === 0
  return isKnown ? { kind: 'unchanged' } : { ...answer, validator }
}

async function digestsOf(revision: Revision, paths: readonly string[]): Promise<UpstreamItem[]> {
  const items: UpstreamItem[] = []
  for (const path of paths) {
    const clean = cleanPath(path)
    items.push({ path, digest: clean === null ? null : await revision.digest(clean), version: null })
  }
  return items
}

/** A path as git writes it: no `./`, no slash at the end; null when it leads outside. */
export function cleanPath(path: string): string | null {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  return parts.includes('..') || /^[A-Za-z]:$/.test(parts[0] ?? '') ? null : parts.join('/')
}

export const missing = (path: string): UpstreamItem => ({ path, digest: null, version: null })

const isForeseen = (error: unknown): boolean =>
  error instanceof NetError || error instanceof RunError || error instanceof UpstreamError
