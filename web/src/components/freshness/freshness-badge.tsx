import type { ProjectStatus } from '../../../../protocol/vocabulary.ts'
import { statusWords } from '../../lib/words.ts'
import { Age } from '../age/age.tsx'
import { Badge } from '../badge/badge.tsx'

/** How old what is shown of a project is (CACHE-3.3c): `Updated 5 min ago`. */
export function FreshnessBadge({ status, at }: { status: ProjectStatus; at: number | null }) {
  const { name, tone, meaning } = statusWords[status]
  const isRead = status === 'active' || status === 'stale'
  return (
    <Badge tone={status === 'active' ? 'neutral' : tone} title={meaning}>
      {!isRead ? name : at === null ? 'Not read yet' : <Age at={at} what="Updated" />}
    </Badge>
  )
}
