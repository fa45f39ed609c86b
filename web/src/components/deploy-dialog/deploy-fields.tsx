import { useProjectCache } from '../../lib/use-project-cache.ts'
import { useQuery } from '../../lib/use-query.ts'
import { CheckList } from '../check-list/check-list.tsx'
import { ErrorNotice } from '../error-notice/error-notice.tsx'
import styles from './deploy-dialog.module.css'
import type { DeployForm } from './deploy-form.ts'

type Props = {
  form: DeployForm
  onChange(change: Partial<DeployForm>): void
  /** Things are taken away. */
  isRemoval: boolean
}

/** Where it goes, for which agents, and how. */
export function DeployFields({ form, onChange, isRemoval }: Props) {
  return (
    <div>
      <fieldset class={styles.choice}>
        <legend>{isRemoval ? 'From where' : 'Where'}</legend>
        <label>
          <input
            type="radio"
            name="scope"
            checked={form.scope === 'project'}
            onChange={() => onChange({ scope: 'project' })}
          />
          Projects
        </label>
        <label>
          <input
            type="radio"
            name="scope"
            checked={form.scope === 'user'}
            onChange={() => onChange({ scope: 'user' })}
          />
          Your home folder, for all projects
        </label>
      </fieldset>
      {form.scope === 'project' && <Projects form={form} onChange={onChange} />}
      <Profiles form={form} onChange={onChange} isRemoval={isRemoval} />
      <fieldset class={styles.choice}>
        <legend>How</legend>
        {!isRemoval && (
          <>
            <Switch
              text="Link to the collection instead of copying"
              isOn={form.link}
              onChange={(link) => onChange({ link })}
            />
            <Switch
              text="With the commands, agents, hooks and servers that skills bring"
              isOn={form.members}
              onChange={(members) => onChange({ members })}
            />
          </>
        )}
        <Switch
          text={
            isRemoval
              ? 'Remove also what was edited; it is kept for undo'
              : 'Replace also what was edited or is not from a collection; it is kept for undo'
          }
          isOn={form.overwrite}
          onChange={(overwrite) => onChange({ overwrite })}
        />
      </fieldset>
    </div>
  )
}

function Projects({ form, onChange }: Omit<Props, 'isRemoval'>) {
  const { projects, error, refetch } = useProjectCache()
  if (error) return <ErrorNotice error={error} onRetry={refetch} />
  return (
    <CheckList
      legend="Projects"
      items={(projects ?? []).map(({ id, name, path, status }) => ({
        id,
        name,
        beside: path,
        problem: status === 'missing' ? 'Its folder is gone.' : undefined,
      }))}
      chosen={form.projects}
      onChoose={(chosen) => onChange({ projects: chosen })}
    />
  )
}

function Profiles({ form, onChange, isRemoval }: Props) {
  const { data, error, reload } = useQuery('profiles.list', {})
  if (error) return <ErrorNotice error={error} onRetry={reload} />
  return (
    <CheckList
      legend="Agents"
      none={isRemoval ? 'none chosen: all that have it' : 'none chosen: Claude Code'}
      items={(data?.items ?? []).map(({ id, root, types }) => ({
        id,
        name: id,
        beside: root,
        problem: types.length === 0 ? 'It has no place for artifacts.' : undefined,
      }))}
      chosen={form.profiles}
      onChoose={(profiles) => onChange({ profiles })}
    />
  )
}

type SwitchProps = { text: string; isOn: boolean; onChange(isOn: boolean): void }

const Switch = ({ text, isOn, onChange }: SwitchProps) => (
  <label>
    <input type="checkbox" checked={isOn} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
    {text}
  </label>
)
