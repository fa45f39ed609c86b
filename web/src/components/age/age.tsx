import { formatAge, formatTime } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** How long ago something was; pointing at it tells when, which is worked out then: lists have many. */
export function Age({ at }: { at: number }) {
  const now = useNow()
  return (
    <time
      dateTime={new Date(at).toISOString()}
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = formatTime(at)
      }}
    >
      {formatAge(at, now)}
    </time>
  )
}
