import { formatAge } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { Badge } from '../badge/badge.tsx'

/** Marks a picture of an earlier visit, for as long as nothing newer came. */
export function OldMark({ isOld, at }: { isOld: boolean; at: number | null }) {
  const now = useNow()
  if (!isOld || at === null) return null
  return (
    <Badge tone="attention" title="The daemon has not answered yet; this browser kept what it said last.">
      As of {formatAge(at, now)}
    </Badge>
  )
}
