import type { ProjectStatus } from '../../../../protocol/vocabulary.ts'
import { formatAge, formatTime } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { statusWords } from '../../lib/words.ts'
import { Badge } from '../badge/badge.tsx'

/** How old what is shown of a project is (CACHE-3.3c): `Updated 5 min ago`. */
export function FreshnessBadge({ status, at }: { status: ProjectStatus; at: number | null }) {
  const now = useNow()
  const { name, tone, meaning } = statusWords[status]
  const age = at === null ? 'Not read yet' : `Updated ${formatAge(at, now)}`
  const title = at === null ? meaning : `${meaning} Read ${formatTime(at)}.`
  return (
    <Badge tone={status === 'active' ? 'neutral' : tone} title={title}>
      {status === 'active' || status === 'stale' ? age : name}
    </Badge>
  )
}
