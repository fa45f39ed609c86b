import { Age } from '../../components/age/age.tsx'
import { Card } from '../../components/card/card.tsx'
import { SimpleTable } from '../../components/simple-table/simple-table.tsx'
import { formatBytes, formatCount, formatTokens } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import { typeNames } from '../../lib/words.ts'

const choices = [30, 90, 180, 365]

/** What is here and was not touched for long, the largest first. */
export function UnusedCard() {
  const [{ days: chosen }, show] = useUrlState({ days: '' })
  const days = choices.find((count) => `${count}` === chosen) ?? 90
  const { data: answer, error, reload } = useQuery('analytics.unused', { days, limit: 100 })
  const data = useKept(answer)
  return (
    <Card
      title="Never used"
      loading={!data}
      error={error}
      onRetry={reload}
      beside={
        <>
          {data && (
            <span role="status" class="muted">
              {formatCount(data.total)} names, {formatBytes(data.sizeBytes)}
            </span>
          )}
          <select
            class="field"
            aria-label="For how long"
            value={days}
            onChange={({ currentTarget }) =>
              show({ days: currentTarget.value === '90' ? '' : currentTarget.value })
            }
          >
            {choices.map((count) => (
              <option key={count} value={count}>
                in {count} days
              </option>
            ))}
          </select>
        </>
      }
    >
      {data && !data.transcripts && (
        <p class="muted">
          What agents use is not counted, so that some of these may well be in use. Count it with{' '}
          <Link href="/settings?q=analytics.transcripts">analytics.transcripts</Link>.
        </p>
      )}
      {data?.total === 0 && <p>Everything here was used, or is too new to tell.</p>}
      {data && data.total > 0 && (
        <SimpleTable
          label="Never used"
          rows={data.items}
          keyOf={({ type, name }) => `${type} ${name}`}
          columns={[
            {
              title: 'Name',
              render: ({ name, type }) => (
                <Link href={`/artifacts?q=${encodeURIComponent(name)}&type=${type}`}>{name}</Link>
              ),
            },
            { title: 'Type', isShort: true, render: ({ type }) => typeNames[type] },
            { title: 'Copies', align: 'end', isShort: true, render: ({ copies }) => formatCount(copies) },
            { title: 'Size', align: 'end', isShort: true, render: ({ sizeBytes }) => formatBytes(sizeBytes) },
            {
              title: 'Tokens',
              align: 'end',
              isShort: true,
              isExtra: true,
              render: ({ tokens }) => formatTokens(tokens),
            },
            {
              title: 'Last',
              isShort: true,
              render: ({ lastAt }) => (lastAt === null ? 'never' : <Age at={lastAt} />),
            },
          ]}
        />
      )}
    </Card>
  )
}
