import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { formatCount } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { typeNames } from '../../lib/words.ts'
import { Age } from '../age/age.tsx'
import styles from './history.module.css'

export type HistoryItem = ResultOf<'events.history'>['items'][number]

/** Names that are shown before somebody asks for the rest. */
const SHOWN = 8

/** What happened, newest first; `ofProject` leaves out whose changes they are. */
export function History({
  items,
  ofProject = false,
}: {
  items: readonly HistoryItem[]
  ofProject?: boolean
}) {
  return (
    <ol class={styles.history}>
      {items.map((item, index) => (
        <li key={`${item.at} ${index}`} class={styles.entry}>
          <span class={styles.at}>
            <Age at={item.at} />
          </span>
          <div class={styles.what}>
            <What item={item} ofProject={ofProject} />
          </div>
        </li>
      ))}
    </ol>
  )
}

const projectSentences = { added: 'Project found', removed: 'Project forgotten' }

function What({ item, ofProject }: { item: HistoryItem; ofProject: boolean }): ComponentChildren {
  if (item.topic === 'projects.changed') {
    const { id, name, change, status } = item.data
    const sentence = change === 'changed' ? `Project is ${status} now` : projectSentences[change]
    return (
      <>
        {sentence}
        {!ofProject && <>: {change === 'removed' ? name : <Link href={`/projects/${id}`}>{name}</Link>}</>}
      </>
    )
  }
  if (item.topic === 'collections.changed') return <>Collection {item.data.name} changed</>
  if (item.topic !== 'artifacts.changed') return null
  const { project, path, counts } = item.data
  return (
    <>
      {!ofProject && (
        <div>
          {project ? (
            <Link href={`/projects/${project.id}`}>{project.name}</Link>
          ) : (
            <span class="mono">{path}</span>
          )}
        </div>
      )}
      {(['added', 'changed', 'removed'] as const).map(
        (kind) =>
          counts[kind] > 0 && <Names key={kind} kind={kind} count={counts[kind]} names={item.data[kind]} />,
      )}
    </>
  )
}

type NamesProps = {
  kind: 'added' | 'changed' | 'removed'
  count: number
  names: readonly { id: string; name: string; type: keyof typeof typeNames }[]
}

function Names({ kind, count, names }: NamesProps) {
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? names : names.slice(0, SHOWN)
  return (
    <div>
      <span class={styles.kind} data-kind={kind}>
        {formatCount(count)} {kind}
      </span>
      {shown.map(({ id, name, type }, index) => (
        <span key={`${index} ${id}`} title={typeNames[type]}>
          {index > 0 && ', '}
          {kind === 'removed' ? name : <Link href={`/artifacts/${id}`}>{name}</Link>}
        </span>
      ))}
      {shown.length < names.length && (
        <button type="button" class={styles.more} onClick={() => setOpen(true)}>
          and {names.length - shown.length} more
        </button>
      )}
      {/* Of a project that was read for the first time no names are told. */}
      {names.length > 0 &&
        shown.length === names.length &&
        count > names.length &&
        ` and ${count - names.length} more`}
    </div>
  )
}
