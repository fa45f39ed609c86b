/** The version that is here, and the one its source has when that is another one. */
export function Versions({ deployed, upstream }: { deployed: string | null; upstream: string | null }) {
  if (deployed === null && upstream === null) return <span class="muted">–</span>
  const hasNewer = upstream !== null && upstream !== deployed
  return (
    <span title={hasNewer ? `${deployed ?? 'unknown'} here, ${upstream} at its source` : undefined}>
      {deployed === null ? <span class="muted">?</span> : short(deployed)}
      {hasNewer && (
        <>
          <span class="muted" aria-hidden="true">
            {' → '}
          </span>
          <span class="hidden"> at its source </span>
          {short(upstream)}
        </>
      )}
    </span>
  )
}

/** Commits are told by their first characters. */
const short = (version: string): string => (/^[0-9a-f]{40}$/.test(version) ? version.slice(0, 7) : version)
