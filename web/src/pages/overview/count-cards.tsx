import type { ComponentChildren } from 'preact'
import { type Bar, BarList } from '../../components/bar-list/bar-list.tsx'
import { Card } from '../../components/card/card.tsx'
import { Link } from '../../lib/location.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { stateWords, typePlurals } from '../../lib/words.ts'

/** How many artifacts there are of each type. */
export function TypesCard() {
  const { data, error, reload } = useQuery('artifacts.facets', {})
  const bars = data?.types.map(
    ({ value, count }): Bar => ({ key: value, label: typePlurals[value], count, tone: 'info' }),
  )
  return (
    <Card title="By type" href="/artifacts" loading={!data} error={error} onRetry={reload}>
      {bars && <BarList label="Artifacts by type" bars={bars} link={linkTo('type')} />}
    </Card>
  )
}

/** How artifacts stand to their sources. */
export function StatesCard() {
  const { data, error, reload } = useQuery('artifacts.facets', {})
  const bars = data?.states.map(({ value, count }): Bar => {
    const { name, tone } = stateWords[value]
    return { key: value, label: name, count, tone }
  })
  return (
    <Card title="By state" href="/outdated?state=all" loading={!data} error={error} onRetry={reload}>
      {bars && <BarList label="Artifacts by state" bars={bars} link={linkTo('state')} />}
    </Card>
  )
}

/** To the artifacts that a bar counts. */
const linkTo =
  (filter: 'type' | 'state') =>
  ({ key }: Bar, content: ComponentChildren) => <Link href={`/artifacts?${filter}=${key}`}>{content}</Link>
