import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import type { CommandContext } from '../command.ts'
import { READING, saying } from '../refresh-bar.ts'
import { printArtifacts } from './artifact-table.ts'

/** `smd search --content`: each content with its files, and of those the lines with the words. */
export async function searchContents(
  { call, io }: Pick<CommandContext, 'call' | 'io'>,
  params: ParamsOf<'contents.search'>,
): Promise<void> {
  const found = await ask({ call, io }, params)
  if (io.json) io.value(found)
  else printContents(io, params.query, found)
}

/** `smd search --search-type both`: what was found by name and description first. */
export async function searchBoth(
  { call, io }: Pick<CommandContext, 'call' | 'io'>,
  params: ParamsOf<'contents.search'>,
  named: ResultOf<'artifacts.search'>,
): Promise<void> {
  const contents = await ask({ call, io }, params)
  if (io.json) return io.value({ ...named, contents })
  if (named.items.length === 0) io.note(`Nothing is called, or described as, "${params.query}".`)
  else await printArtifacts(io, named.items)
  printContents(io, params.query, contents)
}

const ask = (
  { call, io }: Pick<CommandContext, 'call' | 'io'>,
  params: ParamsOf<'contents.search'>,
): Promise<Found> => saying(io, READING, call('contents.search', { ...params, excerpts: true }))

type Found = ResultOf<'contents.search'>

function printContents(io: CommandContext['io'], query: string, { items, total, totalIsExact }: Found): void {
  if (items.length === 0) io.note(`No file holds "${query}".`)
  for (const { artifact, copies, files } of items) {
    const place = artifact.project?.name ?? artifact.scope
    const others = copies > 1 ? `, and ${copies - 1} more of the same` : ''
    io.line(`${artifact.name} (${artifact.type}, ${place}${others})`)
    for (const { path, lines } of files) {
      if (lines.length === 0) io.line(`  ${path}`)
      for (const { line, text } of lines) io.line(`  ${path}:${line}: ${text}`)
    }
  }
  if (items.length < total)
    io.note(`${items.length} of ${totalIsExact ? '' : 'at least '}${total} contents shown.`)
}
