/** What many files of a repository hold, with one question to the other side. */
import { type ContentsOf, UpstreamError } from '../source.ts'
import type { GitRepository } from './git-command.ts'

/** Contents asked for at a time: how many, and of how many bytes they are read together. */
const MAX_BLOBS = 2_000
const BATCH_BYTES = 32 * 1024 * 1024

/** As git itself fetches what a partial clone lacks (promisor-remote.c). */
const fetchArgs = [
  '-c',
  'fetch.negotiationAlgorithm=noop',
  'fetch',
  'origin',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--recurse-submodules=no',
  '--filter=blob:none',
  '--stdin',
]

/** Fetches contents that are missing, all at once, and reads them. */
export function contentsOf(repository: GitRepository): ContentsOf {
  return async (files, maxBytes, found) => {
    const ids = [...new Set(files.map(({ id }) => id))].slice(0, MAX_BLOBS)
    if (ids.length === 0) return
    try {
      await repository.ask(fetchArgs, { input: lines(ids) })
    } catch (error) {
      // A server that hands out no single contents has sent them all with the commit; otherwise reading them fails, too.
      if (!(error instanceof UpstreamError) || !['bad_answer', 'not_found'].includes(error.reason))
        throw error
    }
    for (const batch of await batches(repository, ids, maxBytes)) {
      const output = await repository.run(['cat-file', '--batch'], { input: lines(batch) })
      for (const [id, content] of readBatch(output)) found(id, content)
    }
  }
}

const lines = (ids: readonly string[]): string => ids.map((id) => `${id}\n`).join('')

/** Ids of contents that are not too long, in groups that fit into one answer. */
async function batches(
  repository: GitRepository,
  ids: readonly string[],
  maxBytes: number,
): Promise<string[][]> {
  const output = await repository.run(['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: lines(ids),
  })
  const groups: string[][] = []
  let room = 0
  for (const line of output.toString('latin1').split('\n')) {
    const [, id, digits] = /^([0-9a-f]{40}) (\d+)$/.exec(line) ?? []
    const size = Number(digits)
    if (id === undefined || size > maxBytes) continue
    if (groups.length === 0 || size > room) {
      groups.push([])
      room = BATCH_BYTES
    }
    room -= size
    groups.at(-1)?.push(id)
  }
  return groups
}

/** `<id> SP <type> SP <size> LF <content> LF`, and `<id> SP missing LF` */
function* readBatch(output: Buffer): Generator<[id: string, content: Buffer]> {
  let at = 0
  while (at < output.length) {
    const end = output.indexOf(0x0a, at)
    if (end < 0) return
    const [id = '', type = '', digits = ''] = output.toString('latin1', at, end).split(' ')
    at = end + 1
    if (digits === '') continue
    const content = output.subarray(at, at + Number(digits))
    at += content.length + 1
    if (type === 'blob') yield [id, content]
  }
}
