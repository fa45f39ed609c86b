import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { Badge } from '../../components/badge/badge.tsx'
import { Dialog } from '../../components/dialog/dialog.tsx'
import { DialogFoot } from '../../components/dialog/dialog-foot.tsx'
import { call } from '../../connection.ts'
import { notifyDone, reloadChanged } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { typeNames } from '../../lib/words.ts'
import { type AddedType, addedTypes } from './added-types.ts'
import styles from './collections-page.module.css'
import { FromProject } from './from-project.tsx'

type Verdict = ResultOf<'collections.verify'>

/** Copies an artifact into a collection, from a source that is named or from a project. */
export function AddDialog({ collection, onClose }: { collection: string; onClose(): void }) {
  const [from, setFrom] = useState<'source' | 'project'>('source')
  const [spec, setSpec] = useState('')
  const [project, setProject] = useState('')
  const [type, setType] = useState<AddedType | ''>('')
  const [name, setName] = useState('')
  const [tags, setTags] = useState('')
  const [force, setForce] = useState(false)
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const isComplete = spec.trim() !== '' && (from === 'source' || project !== '')

  const verify = useDialogAction(async () =>
    setVerdict(await call('collections.verify', { spec: spec.trim(), ...(type !== '' && { type }) })),
  )
  const add = useDialogAction(async () => {
    const added = await call('collections.add', {
      spec: spec.trim(),
      collection,
      force,
      tags: tags
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
      ...(type !== '' && { type }),
      ...(name.trim() !== '' && { name: name.trim() }),
      ...(from === 'project' && { fromProject: project }),
    })
    notifyDone([`Added ${added.name} to ${collection}.`, ...added.warnings].join(' '), added.operation)
    reloadChanged()
    onClose()
  })
  const changeSpec = (next: string): void => {
    setSpec(next)
    setVerdict(null)
  }
  return (
    <Dialog title={`Add to ${collection}`} onClose={onClose}>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isComplete) add.run()
        }}
      >
        <fieldset class={styles.switches}>
          <legend>From</legend>
          <Radio text="A source" isOn={from === 'source'} onChoose={() => setFrom('source')} />
          <Radio text="A project" isOn={from === 'project'} onChoose={() => setFrom('project')} />
        </fieldset>
        {from === 'source' ? (
          <label>
            Source
            <input
              class="field"
              value={spec}
              required
              spellcheck={false}
              autocomplete="off"
              placeholder="owner/repo/path@version"
              aria-describedby="add-spec-help"
              onInput={({ currentTarget }) => changeSpec(currentTarget.value)}
            />
            <span id="add-spec-help" class="muted">
              owner/repo/path@version, a Git address, a path on this machine, or plugin@marketplace
            </span>
          </label>
        ) : (
          <FromProject
            project={project}
            name={spec}
            onProject={(next) => {
              setProject(next)
              changeSpec('')
            }}
            onName={(next, nextType) => {
              changeSpec(next)
              setType(nextType)
            }}
          />
        )}
        {from === 'source' && (
          <label>
            Type
            <select
              class="field"
              value={type}
              onChange={({ currentTarget }) => setType(currentTarget.value as AddedType | '')}
            >
              <option value="">As it looks</option>
              {addedTypes.map((one) => (
                <option key={one} value={one}>
                  {typeNames[one]}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Name in the collection
          <input
            class="field"
            value={name}
            placeholder="As its source calls it"
            autocomplete="off"
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <label>
          Tags, with commas between them
          <input
            class="field"
            value={tags}
            autocomplete="off"
            onInput={({ currentTarget }) => setTags(currentTarget.value)}
          />
        </label>
        <label class="switch">
          <input
            type="checkbox"
            checked={force}
            onChange={({ currentTarget }) => setForce(currentTarget.checked)}
          />
          Replace one of the same name and type
        </label>
        <p role="status" class={styles.verdict}>
          {verdict && <Judged verdict={verdict} />}
        </p>
        <DialogFoot
          text="Add"
          busy="Adding…"
          running={add.running}
          error={add.error ?? verify.error}
          disabled={!isComplete}
          onClose={onClose}
        >
          {from === 'source' && (
            <button
              type="button"
              class="button"
              disabled={!isComplete || verify.running}
              aria-busy={verify.running}
              onClick={() => verify.run()}
            >
              {verify.running ? 'Looking…' : 'Look first'}
            </button>
          )}
        </DialogFoot>
      </form>
    </Dialog>
  )
}

type RadioProps = { text: string; isOn: boolean; onChoose(): void }

const Radio = ({ text, isOn, onChoose }: RadioProps) => (
  <label class="switch">
    <input type="radio" name="from" checked={isOn} onChange={onChoose} />
    {text}
  </label>
)

function Judged({ verdict: { valid, reason, name, type, resolvedSha, warnings } }: { verdict: Verdict }) {
  if (!valid)
    return (
      <>
        <Badge tone="danger">Nothing to add</Badge> {reason}
      </>
    )
  return (
    <>
      <Badge tone="ok">Found</Badge> {name} {type && typeNames[type].toLowerCase()}
      {resolvedSha && ` at ${resolvedSha.slice(0, 7)}`}. {warnings.join(' ')}
    </>
  )
}
