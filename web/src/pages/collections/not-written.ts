import type { ResultOf } from '../../../../protocol/methods.ts'

/** Says which manifests still have the old tag, as an end of a sentence; empty when all were written. */
export const notWrittenText = (notWritten: ResultOf<'tags.update'>['notWritten']): string =>
  notWritten.map(({ collection, reason }) => ` Not in ${collection}: ${reason}`).join('')
