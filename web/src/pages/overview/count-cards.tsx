import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import type { ArtifactType } from '../../../../protocol/vocabulary.ts'

import { Card } from '../../components/card/card.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { stateWords, typePlurals } from '../../lib/words.ts'
import { Bars } from './bars.tsx'

/** How many artifacts there are of each type. */
export function TypesCard() {
  const { data, error, reload } = useQuery('artifacts.facets', {})
  return (
    <Card title="By type" href="/artifacts" loading={!data} error={error} onRetry={reload}>
      {data && (
        <Bars
          items={data.types.map(({ value, count }) => ({
            label: typePlurals[value as ArtifactType],
            value: count,
            href: `/artifacts?type=${value}`,
          }))}
        />
      )}
    </Card>
  )
}

/** How artifacts stand to their sources. */
export function StatesCard() {
  const { data, error, reload } = useQuery('artifacts.facets', {})
  return (
    <Card title="By state" href="/outdated?state=all" loading={!data} error={error} onRetry={reload}>
      {data && (
        <Bars
          items={data.states.map(({ value, count }) => {
            const { name, tone } = stateWords[value as ArtifactState]
            return { label: name, value: count, tone, href: `/artifacts?state=${value}` }
          })}
        />
      )}
    </Card>
  )
}
