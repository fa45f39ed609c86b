import { formatAge, formatTime } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

type Props = {
  at: number
  /** What was then, e.g. `Updated`. */
  what?: string
}

/** How long ago something was; pointing at it tells when, which is worked out then: lists have many. */
export function Age({ at, what }: Props) {
  const age = formatAge(at, useNow())
  return (
    <time
      dateTime={new Date(at).toISOString()}
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = formatTime(at)
      }}
    >
      {what === undefined ? age : `${what} ${age}`}
    </time>
  )
}
