import type { ParamsOf } from '../../protocol/methods.ts'
import type { CommandContext } from '../command.ts'
import { READING, saying } from '../refresh-bar.ts'

/** `smd search --content`: each content with its files, and of those the lines with the words. */
export async function searchContents(
  { call, io }: Pick<CommandContext, 'call' | 'io'>,
  params: ParamsOf<'contents.search'>,
): Promise<void> {
  const work = call('contents.search', { ...params, excerpts: true })
  const found = await saying(io, READING, work)
  if (io.json) return io.value(found)
  const { items, total, totalIsExact } = found
  if (items.length === 0) io.note(`No file holds "${params.query}".`)
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
