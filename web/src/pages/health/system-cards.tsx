import type { ResultOf } from '../../../../protocol/methods.ts'
import { VERSION } from '../../../../protocol/version.ts'
import { Card } from '../../components/card/card.tsx'
import { Facts } from '../../components/facts/facts.tsx'
import { notify } from '../../components/notices/notices.tsx'
import { call } from '../../connection.ts'
import { formatAge, formatBytes, formatCount, formatDuration, formatTime, plural } from '../../lib/format.ts'
import { useAction } from '../../lib/use-action.ts'
import { useNow } from '../../lib/use-now.ts'
import { useQuery } from '../../lib/use-query.ts'

type Status = ResultOf<'daemon.status'>

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** How fresh the cache is, how big, and how quickly it answers. */
export function CacheCard() {
  const { data, error, reload } = useQuery('cache.status', {})
  const now = useNow()
  const check = useAction(checkFile)
  return (
    <Card
      title="Cache"
      loading={!data}
      error={error}
      onRetry={reload}
      beside={
        <button type="button" class="button" disabled={check.running} onClick={() => check.run()}>
          {check.running ? 'Checking…' : 'Check the file'}
        </button>
      }
    >
      {data && (
        <Facts
          items={[
            ['Holds', `${plural(data.artifacts, 'artifact')} of ${plural(data.projects, 'project')}`],
            [
              'Last refresh',
              data.lastRefreshAt === null ? (
                'Not yet'
              ) : (
                <span title={formatTime(data.lastRefreshAt)}>{formatAge(data.lastRefreshAt, now)}</span>
              ),
            ],
            [
              'Stale projects',
              `${formatCount(data.staleProjects)} (older than ${formatDuration(data.ttlMs)})`,
            ],
            ['Failed projects', formatCount(data.failedProjects)],
            ['Size', formatBytes(data.sizeBytes)],
            ['Kept in', data.storage === 'file' ? <span class="mono">{data.path}</span> : 'Memory only'],
            [
              'Hit rate',
              data.hitRate === null
                ? 'Nobody has asked yet'
                : `${percent.format(data.hitRate)} of ${plural(data.hits + data.misses, 'read')}`,
            ],
            [
              'Queries',
              data.queries.meanMs === null
                ? 'None yet'
                : `${formatCount(data.queries.count)}; mean ${milliseconds(data.queries.meanMs)}, longest ${milliseconds(data.queries.maxMs ?? 0)}`,
            ],
            ['Slow queries', formatCount(data.queries.slow)],
            ['Schema', `${data.schemaVersion}`],
          ]}
        />
      )}
    </Card>
  )
}

const milliseconds = (ms: number): string => (ms < 10 ? `${ms.toFixed(2)} ms` : formatDuration(ms))

async function checkFile(): Promise<void> {
  const { problem } = await call('cache.check', { maxAgeMs: 0 })
  if (problem === null) notify({ tone: 'ok', text: 'Every page of the cache is in order.' })
  else notify({ tone: 'danger', text: `The cache is damaged: ${problem}. It is set aside and read anew.` })
}

/** How changes of files are noticed. */
export function WatchCard({ watch }: { watch: Status['watch'] }) {
  return (
    <Card title="Watching">
      {watch ? (
        <Facts
          items={[
            ['Places followed', formatCount(watch.units)],
            ['Folders watched', formatCount(watch.folders)],
            [
              'Read at intervals',
              watch.scanUnits === 0 ? 'None: all are watched' : plural(watch.scanUnits, 'place'),
            ],
          ]}
        />
      ) : (
        <p>
          Nothing is watched, so changes are seen at the next refresh. The setting <code>watch.mode</code>{' '}
          decides.
        </p>
      )}
    </Card>
  )
}

/** Who the daemon is. `at`: when it said so. */
export function DaemonCard({ status, at }: { status: Status; at: number | null }) {
  const now = useNow()
  const startedAt = at === null ? null : at - status.uptimeMs
  return (
    <Card title="Daemon">
      <Facts
        items={[
          ['Version', status.version],
          ['Protocol', `${status.protocol}`],
          [
            'Started',
            startedAt === null ? null : (
              <span title={formatTime(startedAt)}>{formatAge(startedAt, now)}</span>
            ),
          ],
          ['Process', `${status.pid}`],
          ['Socket', <span class="mono">{status.socket}</span>],
        ]}
      />
    </Card>
  )
}

/** Where this page is served, and to whom. */
export function PageCard() {
  const { data, error, reload } = useQuery('web.status', {}, { stored: false })
  return (
    <Card title="Page" loading={!data} error={error} onRetry={reload}>
      {data && (
        <Facts
          items={[
            ['Version', VERSION],
            ['Address', data.url === null ? 'It is not served.' : <span class="mono">{data.url}</span>],
            ['Problem', data.problem],
            ['Signed in', plural(data.sessions, 'browser')],
            ['Open now', plural(data.connections, 'page')],
          ]}
        />
      )}
    </Card>
  )
}
