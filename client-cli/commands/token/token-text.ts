import type { ResultOf } from '../../../protocol/methods.ts'
import { formatDuration } from '../../format/values.ts'

export type Token = ResultOf<'tokens.list'>['items'][number]

/** When a token ends: `in 90 d`, `2 h ago`, `never`. */
export function endText({ expiresAt }: Pick<Token, 'expiresAt'>, now: number): string {
  if (expiresAt === null) return 'never'
  const left = expiresAt - now
  return left > 0 ? `in ${formatDuration(left)}` : `${formatDuration(-left)} ago`
}

export const hasEnded = ({ expiresAt }: Token, now: number): boolean => expiresAt !== null && expiresAt <= now
