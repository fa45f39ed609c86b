import { useState } from 'preact/hooks'
import { Age } from '../../components/age/age.tsx'
import { ArtifactDiff } from '../../components/artifact-diff/artifact-diff.tsx'
import { StateBadge } from '../../components/badge/badge.tsx'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { Facts } from '../../components/facts/facts.tsx'
import { formatBytes, formatTokens, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { useQuery } from '../../lib/use-query.ts'
import { stateWords } from '../../lib/words.ts'
import {
  countVariants,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRow,
  variantName,
} from './matrix-rows.ts'

type Props = {
  row: MatrixRow
  cell: MatrixCell
  columns: readonly MatrixColumn[]
  onClose(): void
}

/** One copy of an artifact: how it stands, which content it has, and how that differs from what most places have. */
export function CellDialog({ row, cell, columns, onClose }: Props) {
  const column = columns[cell.column]
  const copy = useCopy(row, column)
  const { data, error, reload } = copy
  const [isCompared, setCompared] = useState(false)
  const counts = countVariants(row)
  const same = counts[cell.variant] ?? 1
  return (
    <Dialog title={`${row.name} in ${column?.name ?? 'this place'}`} size="wide" onClose={onClose}>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {!data && !error && <p role="status">Reading…</p>}
      {data && (
        <>
          <Facts
            items={[
              [
                'State',
                <>
                  <StateBadge state={data.state} />{' '}
                  {data.stateReason?.message ?? stateWords[data.state].meaning}
                </>,
              ],
              [
                'Content',
                row.variants === 1
                  ? `The same in ${plural(row.cells.length, 'place')}`
                  : `${variantName(cell.variant)}: ${plural(same, 'place')} of ${row.cells.length}; ${row.variants} different ones in all`,
              ],
              ['Installed', data.deployedVersion],
              ['At its source', data.upstreamVersion],
              ['Source', data.source],
              ['Description', data.description],
              ['Place', <span class="mono">{data.path}</span>],
              ['Weight', `${formatTokens(data.tokens)} tokens, ${formatBytes(data.sizeBytes)}`],
              ['Changed', <Age at={data.updatedAt} />],
            ]}
          />
          <p>
            <Link class="button" href={`/artifacts/${data.id}`} onClick={onClose}>
              Open its page
            </Link>{' '}
            {cell.variant > 0 && !isCompared && (
              <button type="button" class="button" onClick={() => setCompared(true)}>
                Compare with the majority
              </button>
            )}
          </p>
          {isCompared && <Comparison id={data.id} row={row} columns={columns} />}
        </>
      )}
    </Dialog>
  )
}

/** The copy that a place has. */
function useCopy({ name, type }: MatrixRow, column: MatrixColumn | undefined) {
  const place = column?.id == null ? { scope: 'user' as const } : { project: column.id }
  return useQuery('artifacts.show', { name, type, ...place }, { stored: false })
}

type ComparisonProps = { id: string; row: MatrixRow; columns: readonly MatrixColumn[] }

/** Beside the content that most places have, as the first of them has it. */
function Comparison({ id, row, columns }: ComparisonProps) {
  const place = row.cells.find(({ variant }) => variant === 0)?.column
  const column = place === undefined ? undefined : columns[place]
  const { data, error, reload } = useCopy(row, column)
  if (!data) return error ? <ErrorNotice error={error} onRetry={reload} /> : <p role="status">Comparing…</p>
  return (
    <>
      <h3>Compared with content A, as {column?.name} has it</h3>
      <ArtifactDiff id={data.id} against={id} />
    </>
  )
}
