import type { ComponentChildren } from 'preact'
import { formatBytes, formatCount, formatTokens } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useQuery } from '../../lib/use-query.ts'
import type { Tone } from '../../lib/words.ts'
import styles from './overview-page.module.css'

/** The figures that matter most, each leading to what it counts. */
export function Figures() {
  const { data: cache } = useQuery('cache.status', {})
  const { data: facets } = useQuery('artifacts.facets', {})
  return (
    <ul class={styles.figures} aria-label="Figures">
      <Figure name="Projects" value={cache && formatCount(cache.projects)} href="/projects" />
      <Figure name="Artifacts" value={cache && formatCount(cache.artifacts)} href="/artifacts" />
      <Figure
        name="Updates available"
        value={cache && formatCount(cache.outdatedArtifacts)}
        tone={cache && cache.outdatedArtifacts > 0 ? 'attention' : 'neutral'}
        href="/outdated"
      />
      <Figure
        name="Modified"
        value={cache && formatCount(cache.modifiedArtifacts)}
        tone={cache && cache.modifiedArtifacts > 0 ? 'changed' : 'neutral'}
        href="/artifacts?state=modified"
      />
      <Figure
        name="With problems"
        value={facets && formatCount(facets.problems)}
        href="/artifacts?problems=1"
      />
      <Figure
        name="Tokens"
        value={facets && formatTokens(facets.tokens)}
        title="Estimate of what models load when all of them are read"
        href="/artifacts?sort=tokens&desc=1"
      />
      <Figure
        name="On the disk"
        value={facets && formatBytes(facets.sizeBytes)}
        href="/artifacts?sort=size&desc=1"
      />
    </ul>
  )
}

type FigureProps = {
  name: string
  value: ComponentChildren
  href: string
  tone?: Tone
  title?: string
}

function Figure({ name, value, href, tone = 'neutral', title }: FigureProps) {
  return (
    <li data-tone={tone}>
      <Link href={href} title={title}>
        <span class={styles.figure}>{value ?? '…'}</span> <span class="muted">{name}</span>
      </Link>
    </li>
  )
}
