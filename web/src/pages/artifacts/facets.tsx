import type { ArtifactState } from '../../../../protocol/artifact-states.ts'
import type { ResultOf } from '../../../../protocol/methods.ts'
import type { ArtifactAddress } from '../../../../protocol/page-addresses.ts'
import type { ArtifactScope, ArtifactType } from '../../../../protocol/vocabulary.ts'
import { formatCount } from '../../lib/format.ts'
import { scopeNames } from '../../lib/scope-names.ts'
import { stateWords, typePlurals } from '../../lib/words.ts'
import type { FacetName } from './artifact-filter.ts'
import styles from './facets.module.css'

type Value = { value: string; text: string; count: number }
export type Facet = { name: FacetName; title: string; values: Value[] }

/** The word for a value of a facet. */
export function facetText(name: FacetName, value: string): string {
  if (name === 'type') return typePlurals[value as ArtifactType] ?? value
  if (name === 'scope') return scopeNames[value as ArtifactScope] ?? value
  if (name === 'state') return stateWords[value as ArtifactState]?.name ?? value
  return value
}

/** What can be chosen, with how many artifacts each choice would show. */
export function facetsOf(data: ResultOf<'artifacts.facets'> | undefined): Facet[] {
  const facet = (name: FacetName, title: string, values: { value: string; count: number }[] = []): Facet => ({
    name,
    title,
    values: values.map(({ value, count }) => ({ value, count, text: facetText(name, value) })),
  })
  return [
    facet('type', 'Type', data?.types),
    facet('state', 'State', data?.states),
    facet('scope', 'Scope', data?.scopes),
    facet('host', 'Agent', data?.hosts),
  ]
}

type Props = {
  facets: readonly Facet[]
  /** Artifacts with diagnostics; undefined before it is known. */
  problems: number | undefined
  address: ArtifactAddress
  onChange(change: Partial<ArtifactAddress>): void
}

/** The facets beside the list, where there is room: everything at a glance. A click on the chosen one takes it back. */
export function FacetList({ facets, problems, address, onChange }: Props) {
  return (
    <div class={styles.facets} role="group" aria-label="Filters">
      {facets.map(({ name, title, values }) => (
        <section key={name} aria-label={title}>
          <h2>{title}</h2>
          <ul>
            {values.map(({ value, text, count }) => (
              <li key={value}>
                <button
                  type="button"
                  class={styles.value}
                  aria-pressed={address[name] === value}
                  onClick={() => onChange({ [name]: address[name] === value ? '' : value })}
                >
                  <span>{text}</span>
                  <span class={styles.count}>{formatCount(count)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <button
        type="button"
        class={styles.value}
        aria-pressed={address.problems !== ''}
        onClick={() => onChange({ problems: address.problems === '' ? '1' : '' })}
      >
        <span>With problems</span>
        <span class={styles.count}>{problems !== undefined && formatCount(problems)}</span>
      </button>
    </div>
  )
}

/** The same as menus in the toolbar, where there is less room. */
export function FacetMenus({ facets, problems, address, onChange }: Props) {
  return (
    <>
      {facets.map(({ name, title, values }) => (
        <select
          key={name}
          class={`field ${styles.menu}`}
          aria-label={title}
          value={address[name]}
          onChange={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
        >
          <option value="">{title}</option>
          {address[name] !== '' && !values.some(({ value }) => value === address[name]) && (
            <option value={address[name]}>{facetText(name, address[name])}</option>
          )}
          {values.map(({ value, text, count }) => (
            <option key={value} value={value}>
              {text} ({formatCount(count)})
            </option>
          ))}
        </select>
      ))}
      <button
        type="button"
        class="button"
        aria-pressed={address.problems !== ''}
        onClick={() => onChange({ problems: address.problems === '' ? '1' : '' })}
      >
        With problems {problems !== undefined && <span class="muted">{formatCount(problems)}</span>}
      </button>
    </>
  )
}
