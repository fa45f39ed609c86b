import { useState } from 'preact/hooks'
import { formatCount, plural } from '../../lib/format.ts'
import { Badge } from '../badge/badge.tsx'
import styles from './deploy-dialog.module.css'
import {
  actionSummary,
  actionWords,
  changesSomething,
  type DeployedProject,
  outcomeWords,
  type PlannedProject,
} from './plan-words.ts'

/** So many projects are open from the beginning. */
const OPEN = 3
/** So many are in the document until somebody asks for the others. */
const SHOWN = 50

/** What a plan does, or a change did: each project with its artifacts and every path. */
export function PlanView({ projects }: { projects: readonly (PlannedProject | DeployedProject)[] }) {
  const [isWhole, showWhole] = useState(false)
  // What needs somebody's eye comes first.
  const sorted = [...projects].sort((a, b) => urgency(a) - urgency(b))
  const shown = isWhole ? sorted : sorted.slice(0, SHOWN)
  return (
    <ul class={styles.plan} aria-label="Plan by project">
      {shown.map((project) => (
        <PlannedIn key={project.path} project={project} isFirst={projects.length <= OPEN} />
      ))}
      {shown.length < sorted.length && (
        <li>
          <button type="button" class="button" onClick={() => showWhole(true)}>
            Show {formatCount(sorted.length - shown.length)} more
          </button>
        </li>
      )}
    </ul>
  )
}

function urgency(project: PlannedProject | DeployedProject): number {
  if ('outcome' in project && project.outcome !== 'done') return 0
  if (project.problem !== null || project.items.some(({ action }) => action === 'conflict')) return 0
  return changesSomething(project) ? 1 : 2
}

type InProps = { project: PlannedProject | DeployedProject; isFirst: boolean }

function PlannedIn({ project, isFirst }: InProps) {
  const [isOpen, setOpen] = useState(isFirst)
  const { name, path, problem, warnings, items } = project
  const outcome = 'outcome' in project ? outcomeWords[project.outcome] : null
  const failure = 'failure' in project ? project.failure : null
  return (
    <li>
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <strong>{name}</strong> {outcome && <Badge tone={outcome.tone}>{outcome.name}</Badge>}{' '}
          <span class="muted">{problem ?? actionSummary([project])}</span>
        </summary>
        {isOpen && (
          <>
            <div class="path">{path}</div>
            {failure && (
              <p class={styles.reason}>
                {failure.reason} <span class="path">{failure.path}</span>
              </p>
            )}
            {warnings.map((warning) => (
              <p key={warning} class={styles.reason}>
                {warning}
              </p>
            ))}
            <ul class={styles.items}>
              {items.map((item) => (
                <li key={`${item.profile} ${item.path} ${item.action}`}>
                  <Badge tone={actionWords[item.action].tone}>{actionWords[item.action].name}</Badge>{' '}
                  {item.name} <span class="muted">{`${item.type}, ${item.profile}`}</span>
                  <div class="path">{item.path}</div>
                  {item.reason && <div class={styles.reason}>{item.reason.message}</div>}
                  <Files files={item.files} />
                </li>
              ))}
            </ul>
          </>
        )}
      </details>
    </li>
  )
}

const signs = { add: '+', change: '~', remove: '−' } as const
const spoken = { add: 'added', change: 'changed', remove: 'removed' } as const

/** Of an artifact that is one file the path above says it. */
function Files({ files }: { files: PlannedProject['items'][number]['files'] }) {
  const [isOpen, setOpen] = useState(false)
  const inside = files.filter(({ path }) => path !== '')
  if (inside.length === 0) return null
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary class="muted">{plural(inside.length, 'file')}</summary>
      {isOpen && (
        <ul class={styles.files}>
          {inside.map(({ path, change }) => (
            <li key={path}>
              <span aria-hidden="true">{signs[change]}</span>
              <span class="hidden">{spoken[change]}: </span> {path}
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
