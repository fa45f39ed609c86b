/** The rules behind deployments: which projects are meant, and what the cache reads again afterwards. */
import { realpathSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { type PlanReason, planReasons } from '../../../protocol/deploy-plan.ts'
import { SmdError } from '../../../protocol/errors.ts'
import type { ParsedParamsOf, ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { findProject } from '../cache/index.ts'
import { doWork } from './do-work.ts'
import { noteDeployments } from './noted.ts'
import { selectPresentProjects } from './projects-repo.ts'
import { touched } from './touched.ts'
import type { WorkParams } from './work/index.ts'

type Request = Omit<WorkParams<'deploy'>, 'expect'>
type DeployParams = ParsedParamsOf<'deployments.deploy'>
type Target = Request['targets'][number] & {
  /** Whether the cache knows it as a project. */
  isKnown: boolean
}

/** What would happen, project by project. Errors: those of the request. */
export async function planDeployment(
  ctx: DaemonContext,
  { remove, ...params }: ParsedParamsOf<'deployments.plan'>,
): Promise<ResultOf<'deployments.plan'>> {
  const { digest, projects } = await doWork(
    ctx,
    'planDeployment',
    toRequest(params, remove, await targetsOf(ctx, params)),
  )
  return { digest, projects: projects.map(withReasons) }
}

/**
 * Deploys, and has the cache read what changed before it answers. A folder that was no project becomes one. Errors: those of
 * the request, `deploy.plan_changed`, `deploy.library_busy`, `deploy.library_unwritable`.
 */
export function deploy(ctx: DaemonContext, params: DeployParams): Promise<ResultOf<'deployments.deploy'>> {
  return change(ctx, params, false)
}

/** As `deploy`, for the contrary. Errors: the same, and `deploy.not_deployed`. */
export function undeploy(
  ctx: DaemonContext,
  params: ParsedParamsOf<'deployments.undeploy'>,
): Promise<ResultOf<'deployments.undeploy'>> {
  return change(ctx, { ...params, link: false }, true)
}

async function change(
  ctx: DaemonContext,
  { expect, ...params }: DeployParams,
  remove: boolean,
): Promise<ResultOf<'deployments.deploy'>> {
  const targets = await targetsOf(ctx, params)
  const done = await doWork(ctx, 'deploy', { ...toRequest(params, remove, targets), expect: expect ?? null })
  const changed = new Set(done.projects.filter(({ outcome }) => outcome === 'done').map(({ path }) => path))
  if (done.operation !== null) {
    await remember(
      ctx,
      targets.filter(({ path, isKnown }) => !isKnown && changed.has(path)),
    )
    await touched(ctx, { paths: done.touched })
  }
  const answer = { operation: done.operation, projects: done.projects.map(withReasons) }
  noteDeployments(ctx, answer)
  return answer
}

/** What was deployed to shall be found again, wherever it lies. */
async function remember({ settings, refresher }: DaemonContext, added: readonly Target[]): Promise<void> {
  if (added.length === 0) return
  const paths = added.map(({ path }) => path)
  const { include, exclude } = settings.current.projects
  const wanted = paths.filter((path) => !include.includes(path))
  if (wanted.length > 0) await settings.set('projects.include', [...include, ...wanted])
  if (exclude.some((path) => paths.includes(path)))
    await settings.set(
      'projects.exclude',
      exclude.filter((path) => !paths.includes(path)),
    )
  for (const path of paths) await refresher.refresh({ only: path, force: true })
}

/** Takes a change back, and has the cache read what changed before it answers. Errors: `deploy.no_operation`. */
export async function undo(
  ctx: DaemonContext,
  { operation, force, dryRun }: ParsedParamsOf<'deployments.undo'>,
): Promise<ResultOf<'deployments.undo'>> {
  const {
    touched: paths,
    projects,
    ...done
  } = await doWork(ctx, 'undo', { id: operation ?? null, force, dryRun })
  if (done.operation !== null) await touched(ctx, { paths })
  return { ...done, projects: projects.map(withReasons) }
}

export function listOperations(
  ctx: DaemonContext,
  params: ParsedParamsOf<'deployments.operations'>,
): Promise<ResultOf<'deployments.operations'>> {
  return doWork(ctx, 'listKeptOperations', params)
}

/** Errors: `deploy.bad_profile`, `project.not_found`, `project.ambiguous`. */
export async function listProfiles(
  ctx: DaemonContext,
  { project, platformDefaults }: ParsedParamsOf<'profiles.list'>,
): Promise<ResultOf<'profiles.list'>> {
  await ctx.refresher.beforeRead()
  const path = project === undefined ? null : targetOf(ctx, project).path
  return doWork(ctx, 'listProfiles', { project: path, platformDefaults: platformDefaults ?? null })
}

function toRequest(
  params: Omit<DeployParams, 'expect'>,
  remove: boolean,
  targets: readonly Target[],
): Request {
  const {
    artifacts,
    sets,
    collection = null,
    scope,
    profiles,
    allProfiles,
    overwrite,
    members,
    link,
  } = params
  if (artifacts.length + sets.length === 0) throw new SmdError('deploy.nothing_named')
  return {
    remove,
    artifacts,
    sets,
    collection: collection ?? null,
    targets: targets.map(({ path, name }) => ({ path, name })),
    scope,
    profiles: profiles.length > 0 ? profiles : null,
    allProfiles,
    overwrite,
    link,
    members,
    platformDefaults: params.platformDefaults ?? null,
  }
}

type Where = Pick<DeployParams, 'projects' | 'allProjects' | 'scope'>

/**
 * Each project once, by its real path. Errors: `deploy.no_project`, `project.not_found`, `project.ambiguous`,
 * `project.unreadable`.
 */
async function targetsOf(ctx: DaemonContext, { projects, allProjects, scope }: Where): Promise<Target[]> {
  if (scope === 'user') return []
  // Before the first scan nobody knows which projects there are.
  await ctx.refresher.beforeRead()
  const targets = new Map<string, Target>()
  if (allProjects)
    for (const { path, name } of selectPresentProjects(ctx.db))
      targets.set(path, { path, name, isKnown: true })
  for (const ref of projects) {
    const target = targetOf(ctx, ref)
    targets.set(target.path, target)
  }
  if (targets.size === 0) throw new SmdError('deploy.no_project')
  return [...targets.values()]
}

function targetOf(ctx: DaemonContext, ref: string): Target {
  try {
    const { path, name } = findProject(ctx.db, ref)
    return { path, name, isKnown: true }
  } catch (error) {
    // A folder may become a project by what is deployed to it.
    const folder = ref.startsWith('/') || /^[A-Za-z]:/.test(ref) ? realFolder(ref) : null
    if (folder === null) throw error
    return { path: folder, name: basename(folder), isKnown: false }
  }
}

function realFolder(path: string): string | null {
  try {
    const real = realpathSync.native(path)
    return statSync(real).isDirectory() ? real : null
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR'].includes(code)) return null
    throw new SmdError('project.unreadable', { path, reason: code }, { cause: error })
  }
}

type Coded = { reason: PlanReason | null }
type Told<Item> = Omit<Item, 'reason'> & { reason: { code: PlanReason; message: string } | null }

/** Codes with their sentences. */
export function withReasons<Item extends Coded, Project extends { items: Item[] }>({
  items,
  ...project
}: Project & { items: Item[] }): Omit<Project, 'items'> & { items: Told<Item>[] } {
  return {
    ...project,
    items: items.map(({ reason, ...item }) => ({
      ...item,
      reason: reason === null ? null : { code: reason, message: planReasons[reason] },
    })),
  }
}
