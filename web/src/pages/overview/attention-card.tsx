import { Badge } from '../../components/badge/badge.tsx'
import { Card } from '../../components/card/card.tsx'
import { formatCount, plural } from '../../lib/format.ts'
import { Link } from '../../lib/location.tsx'
import { type ProjectRow, useProjectCache } from '../../lib/use-project-cache.ts'
import { statusWords } from '../../lib/words.ts'
import styles from './overview-page.module.css'

/** So many fit beside the other cards. */
const SHOWN = 6

/** Projects that want something of the user, those that could not be read first. */
export function AttentionCard() {
  const { projects, error, refetch } = useProjectCache()
  const needy = chooseNeedy(projects ?? [])
  return (
    <Card
      title="Projects that need attention"
      href="/projects"
      beside={projects && <span>{formatCount(needy.length)}</span>}
      loading={!projects}
      error={error}
      onRetry={refetch}
    >
      {projects && needy.length === 0 && <p class="muted">None: nothing is outdated, modified or failed.</p>}
      <ul class={styles.list}>
        {needy.slice(0, SHOWN).map((project) => (
          <li key={project.id}>
            <Link href={`/projects/${project.id}`}>{project.name}</Link>
            <span class={styles.marks}>
              <Marks project={project} />
            </span>
          </li>
        ))}
      </ul>
      {needy.length > SHOWN && (
        <Link href="/projects?sort=outdated&desc=1">{formatCount(needy.length - SHOWN)} more</Link>
      )}
    </Card>
  )
}

function Marks({ project }: { project: ProjectRow }) {
  const { status, errorMessage, outdatedCount, modifiedCount, problemCount } = project
  return (
    <>
      {isUnread(project) && (
        <Badge tone={statusWords[status].tone} title={errorMessage ?? statusWords[status].meaning}>
          {statusWords[status].name}
        </Badge>
      )}
      {outdatedCount > 0 && <Badge tone="attention">{plural(outdatedCount, 'update')}</Badge>}
      {modifiedCount > 0 && <Badge tone="changed">{formatCount(modifiedCount)} modified</Badge>}
      {problemCount > 0 && <Badge>{plural(problemCount, 'problem')}</Badge>}
    </>
  )
}

const isUnread = ({ status }: ProjectRow): boolean => status === 'error' || status === 'missing'

/** Projects with something to do, the most urgent first. */
export function chooseNeedy(projects: readonly ProjectRow[]): ProjectRow[] {
  const urgency = (project: ProjectRow): number =>
    (isUnread(project) ? 1e9 : 0) +
    project.outdatedCount * 1e4 +
    project.modifiedCount * 1e2 +
    project.problemCount
  return projects
    .map((project) => ({ project, value: urgency(project) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .map(({ project }) => project)
}
