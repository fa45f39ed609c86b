import { type ArtifactType, artifactTypes } from '../../../../protocol/vocabulary.ts'
import { typePlurals } from '../../lib/words.ts'

type Props = {
  /** What there is to choose from; only types that occur are offered, and the chosen one. */
  rows: readonly { type: ArtifactType }[]
  /** Empty for all. */
  value: string
  onChange(type: string): void
}

/** Leaves the rows of one type. */
export function TypeSelect({ rows, value, onChange }: Props) {
  const found = new Set(rows.map(({ type }) => type))
  return (
    <select
      class="field"
      aria-label="Type"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">All types</option>
      {artifactTypes
        .filter((type) => found.has(type) || type === value)
        .map((type) => (
          <option key={type} value={type}>
            {typePlurals[type]}
          </option>
        ))}
    </select>
  )
}
