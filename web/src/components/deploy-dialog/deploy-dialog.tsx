import { useState } from 'preact/hooks'
import type { ResultOf } from '../../../../protocol/methods.ts'
import { call } from '../../connection.ts'
import type { CallError } from '../../lib/call-error.ts'
import { plural } from '../../lib/format.ts'
import { notifyDone, reloadChanged, undoChange } from '../../lib/undo-change.ts'
import { useDialogAction } from '../../lib/use-action.ts'
import { useKept } from '../../lib/use-kept.ts'
import { useQuery } from '../../lib/use-query.ts'
import { Dialog } from '../dialog/dialog.tsx'
import { DialogFoot } from '../dialog/dialog-foot.tsx'
import { ErrorNotice } from '../error-notice/error-notice.tsx'
import styles from './deploy-dialog.module.css'
import { DeployFields } from './deploy-fields.tsx'
import { type DeployForm, type DeployRequest, type Held, requestOf } from './deploy-form.ts'
import { PlanView } from './plan-view.tsx'
import { actionSummary, changesSomething } from './plan-words.ts'

type Props = {
  collection: string
  artifacts: readonly Held[]
  /** Ids of projects that are chosen from the beginning. */
  projects?: readonly string[]
  /** Takes them away instead. */
  isRemoval?: boolean
  /** Something was changed. */
  onDone?(): void
  onClose(): void
}

/**
 * Artifacts of a collection go into projects, or are taken away there: where and how is chosen, the plan says every path,
 * and what is done is exactly that plan.
 */
export function DeployDialog(props: Props) {
  const { collection, artifacts, projects = [], isRemoval = false, onDone, onClose } = props
  const [form, setForm] = useState<DeployForm>({
    scope: 'project',
    projects: new Set(projects),
    profiles: new Set(),
    link: false,
    members: true,
    overwrite: false,
  })
  const [result, setResult] = useState<ResultOf<'deployments.deploy'> | null>(null)
  const request = requestOf(form, collection, artifacts)
  const verb = isRemoval ? 'Undeploy' : 'Deploy'
  const what = artifacts.length === 1 ? (artifacts[0]?.name ?? '') : plural(artifacts.length, 'artifact')

  const finish = (done: ResultOf<'deployments.deploy'>): void => {
    reloadChanged()
    onDone?.()
    if (done.projects.some(({ outcome }) => outcome !== 'done')) {
      setResult(done)
      return
    }
    const places = form.scope === 'user' ? 'your home folder' : plural(done.projects.length, 'project')
    notifyDone(
      isRemoval ? `Took ${what} away from ${places}.` : `Deployed ${what} to ${places}.`,
      done.operation,
    )
    onClose()
  }
  return (
    <Dialog title={`${verb} ${what}`} size="wide" onClose={onClose}>
      {result ? (
        <Result result={result} onClose={onClose} />
      ) : (
        <div class={styles.columns}>
          <DeployFields
            form={form}
            onChange={(change) => setForm({ ...form, ...change })}
            isRemoval={isRemoval}
          />
          <Agreement
            request={request}
            link={form.link}
            isRemoval={isRemoval}
            verb={verb}
            onDone={finish}
            onClose={onClose}
          />
        </div>
      )}
    </Dialog>
  )
}

type AgreementProps = {
  request: DeployRequest | null
  link: boolean
  isRemoval: boolean
  verb: string
  onDone(result: ResultOf<'deployments.deploy'>): void
  onClose(): void
}

/** The plan of what is chosen now, and what agrees to it. */
function Agreement({ request, link, isRemoval, verb, onDone, onClose }: AgreementProps) {
  const params = request && (isRemoval ? { ...request, remove: true } : { ...request, link })
  const { data, error, loading, reload } = useQuery('deployments.plan', params, { stored: false, freshMs: 0 })
  const plan = useKept(data)
  const {
    running,
    error: failure,
    run,
  } = useDialogAction(async () => {
    if (!request || !data) return
    try {
      onDone(
        isRemoval
          ? await call('deployments.undeploy', { ...request, expect: data.digest })
          : await call('deployments.deploy', { ...request, link, expect: data.digest }),
      )
    } catch (refusal) {
      // The new plan has to be looked at before somebody agrees to it.
      if ((refusal as CallError).slug === 'deploy.plan_changed') reload()
      throw refusal
    }
  })
  const changed = data?.projects.filter(changesSomething) ?? []
  return (
    <section aria-label="Plan" aria-busy={loading} class={styles.agreement}>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      <p role="status" class={styles.summary}>
        {!request && (isRemoval ? 'Choose where it is taken away.' : 'Choose where it goes.')}
        {request && !plan && !error && 'Planning…'}
        {request && plan && `Plan: ${actionSummary(plan.projects)}.`}
      </p>
      {request && plan && (
        <div data-old={data ? undefined : ''} class={styles.scroll}>
          <PlanView projects={plan.projects} />
        </div>
      )}
      <DialogFoot
        text={`${verb}${changed.length > 1 ? ` in ${plural(changed.length, 'project')}` : ''}`}
        running={running}
        error={failure}
        disabled={loading || changed.length === 0}
        onAct={run}
        onClose={onClose}
      />
    </section>
  )
}

function Result({ result, onClose }: { result: ResultOf<'deployments.deploy'>; onClose(): void }) {
  const { operation, projects } = result
  const done = projects.filter(({ outcome }) => outcome === 'done').length
  return (
    <section aria-label="Result">
      <p role="status">
        {`Done in ${done} of ${plural(projects.length, 'project')}. The others are as they were, wholly.`}
      </p>
      <PlanView projects={projects} />
      <footer class={styles.foot}>
        {operation !== null && (
          <button
            type="button"
            class="button"
            onClick={() => {
              onClose()
              void undoChange([operation])
            }}
          >
            Undo
          </button>
        )}
        <button type="button" class="button" data-primary="" onClick={onClose}>
          Close
        </button>
      </footer>
    </section>
  )
}
