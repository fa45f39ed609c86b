import type { ResultOf } from '../../../protocol/methods.ts'
import type { Io } from '../../io.ts'

export type Tag = ResultOf<'tags.list'>['items'][number]

export const colorArg = {
  type: 'string',
  describe: 'Its colour: # and six hex digits; none takes it away',
} as const

/** `none` is no colour. */
export const readColor = (color: string): string | null => (color === 'none' ? null : color)

export const tagLine = ({ name, slug, color }: Tag): string =>
  `${name} (${slug})${color === null ? '' : ` ${color}`}`

/** Says which manifests stayed as they are, and why. */
export function noteNotWritten(
  io: Io,
  notWritten: ReadonlyArray<{ collection: string; reason: string }>,
): void {
  for (const { collection, reason } of notWritten) io.note(`Not in the collection ${collection}: ${reason}`)
}
