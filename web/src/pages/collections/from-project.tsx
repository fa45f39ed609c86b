import { useProjectCache } from '../../lib/use-project-cache.ts'
import { useQuery } from '../../lib/use-query.ts'
import { typeNames } from '../../lib/words.ts'
import { type AddedType, addedTypes } from './added-types.ts'

type Props = {
  /** Id. */
  project: string
  name: string
  onProject(id: string): void
  onName(name: string, type: AddedType | ''): void
}

/** So many artifacts of a project are offered. */
const OFFERED = 1_000

/** Chooses an artifact of a project. */
export function FromProject({ project, name, onProject, onName }: Props) {
  const { projects } = useProjectCache()
  const { data } = useQuery(
    'artifacts.list',
    project === '' ? null : { project, scope: 'project', limit: OFFERED },
    { stored: false },
  )
  const items = data?.items.filter(({ type }) => addedTypes.includes(type as AddedType)) ?? []
  return (
    <>
      <label>
        Project
        <select
          class="field"
          value={project}
          required
          onChange={({ currentTarget }) => onProject(currentTarget.value)}
        >
          <option value="">Choose one</option>
          {projects?.map(({ id, name: projectName, path }) => (
            <option key={id} value={id}>
              {`${projectName} (${path})`}
            </option>
          ))}
        </select>
      </label>
      <label>
        Artifact
        <select
          class="field"
          value={name}
          required
          disabled={project === ''}
          onChange={({ currentTarget }) => {
            const chosen = items.find((item) => item.name === currentTarget.value)
            onName(currentTarget.value, (chosen?.type as AddedType | undefined) ?? '')
          }}
        >
          <option value="">{data && items.length === 0 ? 'It has none' : 'Choose one'}</option>
          {items.map((item) => (
            <option key={item.id} value={item.name}>
              {`${item.name} (${typeNames[item.type].toLowerCase()})`}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}
