import { useState } from 'preact/hooks'
import { Badge } from '../../components/badge/badge.tsx'
import { type Column, DataTable } from '../../components/data-table/data-table.tsx'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { Facts } from '../../components/facts/facts.tsx'
import { TableSkeleton } from '../../components/page/table-skeleton.tsx'
import { SearchField } from '../../components/search-field/search-field.tsx'
import { Toolbar } from '../../components/toolbar/toolbar.tsx'
import { formatCount, formatTime, plural } from '../../lib/format.ts'
import { useUrlState } from '../../lib/use-url-state.ts'
import type { Tone } from '../../lib/words.ts'
import { type LogLevel, type LogLine, useLog } from './use-log.ts'

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const levelWords: Record<LogLevel, { name: string; tone: Tone }> = {
  debug: { name: 'Debug', tone: 'neutral' },
  info: { name: 'Info', tone: 'info' },
  warn: { name: 'Warning', tone: 'attention' },
  error: { name: 'Error', tone: 'danger' },
}

/** The log as it is written, newest first, by level, request and words. */
export function LogView() {
  const [shown, show] = useUrlState({ view: '', level: 'debug', request: '', q: '' })
  const [paused, setPaused] = useState(false)
  const [opened, open] = useState<LogLine | null>(null)
  const level = levels.find((name) => name === shown.level) ?? 'debug'
  const { lines, error, isFollowing } = useLog({ level, request: shown.request }, paused)
  const words = shown.q.toLowerCase().split(/\s+/).filter(Boolean)
  const chosen = (lines ?? []).filter((line) => {
    const text = words.length > 0 ? `${line.message} ${fieldsText(line)}`.toLowerCase() : ''
    return words.every((word) => text.includes(word))
  })
  return (
    <>
      {error && <ErrorNotice error={error} />}
      <Toolbar
        summary={`${lines && chosen.length < lines.length ? `${formatCount(chosen.length)} of ` : ''}${plural(lines?.length ?? 0, 'line')}${isFollowing ? ', following' : paused ? ', paused' : ''}`}
      >
        <SearchField label="Filter lines" value={shown.q} onInput={(q) => show({ q })} />
        <select
          class="field"
          aria-label="Least level"
          value={level}
          onChange={({ currentTarget }) => show({ level: currentTarget.value })}
        >
          {levels.map((name) => (
            <option key={name} value={name}>
              {name === 'debug'
                ? 'All levels'
                : `${levelWords[name].name}${name === 'error' ? '' : ' and worse'}`}
            </option>
          ))}
        </select>
        <input
          type="text"
          class="field"
          size={14}
          maxLength={64}
          placeholder="Request id"
          aria-label="Request id"
          spellcheck={false}
          autocomplete="off"
          value={shown.request}
          onChange={({ currentTarget }) => show({ request: currentTarget.value.trim() })}
        />
        <button type="button" class="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </button>
      </Toolbar>
      {!lines && !error && <TableSkeleton label="Reading the log…" />}
      {lines && chosen.length === 0 && (
        <p>
          {lines.length === 0
            ? 'No line was written that is like that. The setting log.level decides what is written.'
            : 'No line has these words.'}
        </p>
      )}
      {chosen.length > 0 && (
        <DataTable
          label="Log, newest first"
          columns={columns}
          count={chosen.length}
          rowAt={(index) => chosen[index]}
          keyOf={({ number }) => `${number}`}
          onOpen={(line) => open(line)}
          memory={`log ${level} ${shown.request} ${shown.q}`}
        />
      )}
      {opened && (
        <LineDialog
          line={opened}
          onRequest={(request) => {
            open(null)
            show({ request })
          }}
          onClose={() => open(null)}
        />
      )}
    </>
  )
}

type LineProps = { line: LogLine; onRequest(request: string): void; onClose(): void }

function LineDialog({ line, onRequest, onClose }: LineProps) {
  const { loggedAt, level, message, requestId, fields } = line
  return (
    <Dialog title={message} onClose={onClose}>
      <Facts
        items={[
          [
            'When',
            loggedAt === null ? 'Not told' : `${formatTime(loggedAt)} (${new Date(loggedAt).toISOString()})`,
          ],
          ['Level', <Badge tone={levelWords[level].tone}>{levelWords[level].name}</Badge>],
          [
            'Request',
            requestId === null ? null : (
              <>
                <code>{requestId}</code>{' '}
                <button type="button" class="button" onClick={() => onRequest(requestId)}>
                  Only this request
                </button>
              </>
            ),
          ],
          ...Object.entries(fields).map(
            ([name, value]) =>
              [
                name,
                <span class="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>,
              ] as const,
          ),
        ]}
      />
    </Dialog>
  )
}

const fieldsText = ({ fields }: LogLine): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')

const clock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

const columns: readonly Column<LogLine>[] = [
  {
    id: 'when',
    title: 'When',
    width: '130px',
    from: 'medium',
    render: ({ loggedAt }) =>
      loggedAt === null ? (
        <span class="muted">–</span>
      ) : (
        <span title={formatTime(loggedAt)}>{clock.format(loggedAt)}</span>
      ),
  },
  {
    id: 'level',
    title: 'Level',
    width: '78px',
    render: ({ level }) => <Badge tone={levelWords[level].tone}>{levelWords[level].name}</Badge>,
  },
  {
    id: 'message',
    title: 'Message',
    width: 'minmax(12rem, 1fr)',
    render: (line) => (
      <>
        {line.message} <span class="muted mono">{fieldsText(line)}</span>
      </>
    ),
  },
  {
    id: 'request',
    title: 'Request',
    width: '110px',
    from: 'wide',
    render: ({ requestId }) => <span class="muted mono">{requestId ?? ''}</span>,
  },
]
