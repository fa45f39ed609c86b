import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeployScope } from '../../../../../protocol/deploy-plan.ts'
import { SmdError } from '../../../../../protocol/errors.ts'
import { readTree } from '../objects/index.ts'
import { changePlaces, type OperationResult, objectsOf, operationTools } from '../operations/index.ts'
import type { WorkTools } from '../tools.ts'
import { type ArtifactRef, findListed, type ListedArtifact, openCollection } from './collection-artifacts.ts'
import { brokenPlan, digestOfPlan, type PlannedProject, type Target } from './plan.ts'
import { planDeploy } from './plan-deploy.ts'
import { planUndeploy, refuseNothing } from './plan-undeploy.ts'
import { type Profile, primaryProfile, userRoot } from './profiles.ts'
import { readProjectProfiles, readUserProfiles } from './read-profiles.ts'
import { type RecordRoots, recordRoots } from './record-file.ts'
import { expandSets, readSets } from './sets.ts'
import { listMembers, readSource, type Source } from './sources.ts'

/** What shall be deployed, or taken away, and where. */
export type DeployRequest = {
  /** Take away instead. */
  remove: boolean
  artifacts: ArtifactRef[]
  /** Names of deployment sets. */
  sets: string[]
  /** Null: the active one. */
  collection: string | null
  /** Projects, real paths; with scope `user` none. */
  targets: Target[]
  scope: DeployScope
  /** Null: the primary one; when taking away, all. */
  profiles: string[] | null
  allProfiles: boolean
  overwrite: boolean
  link: boolean
  members: boolean
  /** JSON of `SKILLMEAT_PLATFORM_DEFAULTS_JSON`, if set. */
  platformDefaults: string | null
}

export type Plan = { digest: string; projects: Array<Omit<PlannedProject, 'change'>> }

/** What would happen; changes nothing and keeps nothing. Errors: those of the request. */
export async function planDeployment(tools: WorkTools, request: DeployRequest): Promise<Plan> {
  const projects = await makePlan(tools, request, false)
  return { digest: digestOfPlan(projects), projects: projects.map(withoutChange) }
}

export type Deployed = {
  operation: string | null
  projects: Array<
    Omit<PlannedProject, 'change'> &
      Pick<OperationResult['projects'][number], 'outcome'> & { failure: Failure | null }
  >
  /** Folders to be read again. */
  touched: string[]
}
type Failure = OperationResult['projects'][number]['problem']

/**
 * Plans again and does it, project by project wholly or not at all. `expect`: the digest of the plan that was agreed to.
 * Errors: `deploy.plan_changed` when it is another one by now; those of the request.
 */
export function deploy(
  tools: WorkTools,
  { expect, ...request }: DeployRequest & { expect: string | null },
): Promise<Deployed> {
  return tools.exclusively(async () => {
    const projects = await makePlan(tools, request, true)
    if (expect !== null && digestOfPlan(projects) !== expect) throw new SmdError('deploy.plan_changed')
    const possible = projects.filter(isPossible)
    const result = await changePlaces(operationTools(tools), {
      kind: request.remove ? 'undeploy' : 'deploy',
      title: titleOf(request),
      projects: possible.map(({ change }) => change),
    })
    const outcomes = new Map(possible.map((project, n) => [project, result.projects[n]]))
    return {
      operation: result.id,
      projects: projects.map((project) => ({
        ...withoutChange(project),
        outcome: outcomes.get(project)?.outcome ?? 'conflict',
        failure: outcomes.get(project)?.problem ?? null,
      })),
      touched: [...new Set(possible.map(({ path }) => path))],
    }
  })
}

const isPossible = ({ problem, items }: PlannedProject): boolean =>
  problem === null && !items.some(({ action }) => action === 'conflict')

const withoutChange = ({ change: _, ...project }: PlannedProject): Omit<PlannedProject, 'change'> => project

function titleOf({ remove, artifacts, sets }: DeployRequest): string {
  const names = [...sets.map((set) => `set ${set}`), ...artifacts.map(({ name }) => name)]
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return `${remove ? 'Undeploy' : 'Deploy'} ${names.slice(0, 5).join(', ')}${more}`
}

async function makePlan(tools: WorkTools, request: DeployRequest, keep: boolean): Promise<PlannedProject[]> {
  const profiles = await readUserProfiles(tools, request.platformDefaults)
  const refs = await refsOf(tools, request)
  const sources = request.remove ? [] : await sourcesOf(tools, request, refs, keep)
  const targets = await targetsOf(tools, request, profiles)
  const projects: PlannedProject[] = []
  for (const { target, placed, roots } of targets) {
    try {
      await checkFolder(target.path)
      const { overwrite, link, members } = request
      const chosen = request.profiles === null || request.allProfiles ? null : request.profiles
      projects.push(
        request.remove
          ? await planUndeploy(tools, target, await roots(), refs, { overwrite, members, profiles: chosen })
          : await planDeploy(target, await placed(), sources, {
              overwrite,
              link,
              now: tools.now,
              store: keep ? objectsOf(tools) : null,
            }),
      )
    } catch (error) {
      if (error instanceof SmdError && error.slug === 'deploy.unknown_profile') throw error
      projects.push(brokenPlan(target, error))
    }
  }
  if (request.remove) refuseNothing(refs, projects)
  return projects
}

async function refsOf(
  tools: WorkTools,
  { artifacts, sets, collection }: DeployRequest,
): Promise<ArtifactRef[]> {
  if (sets.length === 0) return artifacts
  const { name, folder } = await openCollection(tools, collection)
  return [...artifacts, ...expandSets(await readSets(folder), sets, name)]
}

/** Each artifact once, skills with what they bring. */
async function sourcesOf(
  tools: WorkTools,
  { collection: wanted, members }: DeployRequest,
  refs: readonly ArtifactRef[],
  keep: boolean,
): Promise<Source[]> {
  const collection = await openCollection(tools, wanted)
  const listed = new Map<string, ListedArtifact>()
  for (const ref of refs) {
    const found = await findListed(collection, ref)
    listed.set(`${found.type}:${found.name}`, found)
  }
  for (const artifact of members ? [...listed.values()] : []) {
    for (const member of await listMembers(artifact)) {
      const key = `${member.type}:${member.name}`
      if (!listed.has(key)) listed.set(key, member)
    }
  }
  const store = objectsOf(tools)
  const sources: Source[] = []
  for (const artifact of listed.values())
    sources.push(
      await readSource(artifact, (path, options) =>
        keep ? store.keep(path, options) : readTree(path, options),
      ),
    )
  return sources
}

type PlannedTarget = {
  target: Target
  placed(): Promise<Array<{ profile: Profile; root: string }>>
  roots(): Promise<RecordRoots>
}

/** What is for all projects is one target for each agent: their folders may lie on different disks. */
async function targetsOf(
  { folders }: WorkTools,
  request: DeployRequest,
  profiles: readonly Profile[],
): Promise<PlannedTarget[]> {
  if (request.scope === 'user') {
    const chosen = request.remove && request.profiles === null ? [...profiles] : choose(profiles, request)
    const known = chosen.filter(({ id }) => !(request.remove || request.allProfiles) || isHome(id))
    return known.map((profile) => {
      const root = userRoot(profile, folders)
      return {
        target: { path: folders.home, name: `all projects (${profile.id})`, isHome: true },
        placed: async () => [{ profile, root }],
        roots: async () => ({ roots: [root], unreadable: [] }),
      }
    })
  }
  return request.targets.map((target) => ({
    target,
    async placed() {
      const own = await readProjectProfiles(profiles, target.path)
      return choose(own.profiles, request).map((profile) => {
        const trouble = own.unreadable.get(profile.root)
        if (trouble) throw trouble
        return { profile, root: join(target.path, profile.root) }
      })
    },
    roots: () => recordRoots(target.path),
  }))
}

/** No agent's own: who deploys to all agents has been to each of them already. */
const sharedProfile = 'agents'

/** Those that have a folder of their own in the home folder. */
const isHome = (id: string): boolean => id !== 'other' && id !== 'remote_git'

function choose(profiles: readonly Profile[], { profiles: wanted, allProfiles }: DeployRequest): Profile[] {
  if (allProfiles) return profiles.filter(({ id }) => isHome(id) && id !== sharedProfile)
  return (wanted ?? [primaryProfile]).map((id) => {
    const found = profiles.find((profile) => profile.id === id)
    if (found) return found
    throw new SmdError('deploy.unknown_profile', { profile: id, known: profiles.map((each) => each.id) })
  })
}

async function checkFolder(path: string): Promise<void> {
  const found = await lstat(path)
  if (!found.isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
}

/** The profiles of the user, or of one project. Errors: `deploy.bad_profile`, `object.unreadable`. */
export async function listProfiles(
  tools: WorkTools,
  { project, platformDefaults }: { project: string | null; platformDefaults: string | null },
): Promise<{ items: Profile[] }> {
  const profiles = await readUserProfiles(tools, platformDefaults)
  if (project === null) return { items: profiles }
  const own = await readProjectProfiles(profiles, project)
  for (const trouble of own.unreadable.values()) throw trouble
  return { items: own.profiles }
}
