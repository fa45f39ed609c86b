import type { ResultOf } from '../../../../protocol/methods.ts'
import { Age } from '../../components/age/age.tsx'
import { Card } from '../../components/card/card.tsx'
import { Facts } from '../../components/facts/facts.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import type { QueryResult } from '../../lib/use-query.ts'

type Summary = ResultOf<'analytics.summary'>

/** What was noted in all, and whether anything is: the one who looks decides. */
export function NotedCard({ summary: { data, error, reload } }: { summary: QueryResult<Summary> }) {
  return (
    <Card title="Noted" loading={!data} error={error} onRetry={reload}>
      {data && (
        <>
          <Facts
            items={[
              ['Events', kindsOf(data)],
              ['Last', data.lastAt === null ? null : <Age at={data.lastAt} />],
              ['Last 7 days', formatCount(data.recent)],
              ['Kept', data.retentionDays === 0 ? 'for ever' : `for ${plural(data.retentionDays, 'day')}`],
              ['Agents’ use', data.transcripts ? 'counted' : 'not counted'],
            ]}
          />
          <p class="muted">
            {data.enabled
              ? 'It stays on this machine, without paths; '
              : 'Nothing is noted: it is turned off here or in the settings of SkillMeat; '}
            <Link href="/settings?q=analytics">settings</Link>.
          </p>
        </>
      )}
    </Card>
  )
}

const kindsOf = ({ events, byType }: Summary): string =>
  events === 0 ? 'none yet' : byType.map(({ type, count }) => `${formatCount(count)} ${type}`).join(', ')
