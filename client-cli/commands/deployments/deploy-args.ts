import { type DeployScope, deployScopes } from '../../../protocol/deploy-plan.ts'
import type { ParamsOf } from '../../../protocol/methods.ts'
import type { ArgSpecs, CommandContext } from '../../command.ts'
import { projectRef } from '../filters.ts'

/** Options of everything that goes to projects. */
export const whereArgs = {
  project: {
    type: 'string',
    alias: 'p',
    many: true,
    describe: 'To this project: path, name or id (default: the folder you are in)',
    complete: 'project',
  },
  'all-projects': { type: 'boolean', describe: 'To every known project' },
  profile: { type: 'string', many: true, describe: 'For this agent, e.g. codex (default: claude_code)' },
  'all-profiles': { type: 'boolean', describe: 'For every agent that is known' },
  scope: { type: 'string', choices: deployScopes, describe: 'With user: once, for all projects' },
} as const satisfies ArgSpecs

export const whatArgs = {
  type: { type: 'string', alias: 't', describe: 'Type of the artifacts, where several have the name' },
  collection: { type: 'string', alias: 'c', describe: 'From this collection (default: the active one)' },
  set: { type: 'string', many: true, describe: 'All artifacts of this deployment set' },
  overwrite: {
    type: 'boolean',
    alias: 'o',
    describe: 'Also what was edited or is not from a collection; smd keeps it',
  },
  'no-members': { type: 'boolean', describe: 'Without the artifacts that a skill brings with it' },
  'dry-run': { type: 'boolean', alias: 'n', describe: 'Print every path, and change nothing' },
  yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
} as const satisfies ArgSpecs

type Given = {
  name?: string[] | undefined
  type?: string | undefined
  collection?: string | undefined
  set?: string[] | undefined
  overwrite?: boolean | undefined
  'no-members'?: boolean | undefined
  project?: string[] | undefined
  'all-projects'?: boolean | undefined
  profile?: string[] | undefined
  'all-profiles'?: boolean | undefined
  scope?: DeployScope | undefined
}

/** The request as the daemon wants it. */
export function toRequest(
  args: Given,
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
): ParamsOf<'deployments.undeploy'> {
  const { name = [], type, collection, set = [], scope = 'project', project, profile = [] } = args
  const allProjects = args['all-projects'] === true
  const isHere = scope === 'project' && !allProjects && project === undefined
  const defaults = env.SKILLMEAT_PLATFORM_DEFAULTS_JSON
  return {
    artifacts: name.map((each) => ({ name: each, ...(type !== undefined && { type }) })),
    sets: set,
    ...(collection !== undefined && { collection }),
    projects: isHere ? [projectRef('.', cwd)] : (project ?? []).map((each) => projectRef(each, cwd)),
    allProjects,
    scope,
    profiles: profile,
    allProfiles: args['all-profiles'] === true,
    overwrite: args.overwrite === true,
    members: args['no-members'] !== true,
    ...(defaults && { platformDefaults: defaults }),
  }
}
