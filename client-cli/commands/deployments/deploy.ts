import { ExitCode, SmdError } from '../../../protocol/errors.ts'
import type { ParamsOf } from '../../../protocol/methods.ts'
import { type CommandContext, defineCommand } from '../../command.ts'
import { plural } from '../../format/values.ts'
import { toRequest, whatArgs, whereArgs } from './deploy-args.ts'
import {
  countChanges,
  type Done,
  exitCodeOf,
  isBlocked,
  isGrave,
  type Plan,
  printOutcome,
  printPlan,
} from './plan-text.ts'

export const deployCommand = defineCommand({
  name: 'deploy',
  summary: 'Deploy artifacts of a collection to projects',
  examples: [
    ['smd deploy code-review', 'Into the project you are in'],
    ['smd deploy code-review helper --all-projects --dry-run', 'See every path first'],
    ['smd deploy --set backend -p api -p web --profile codex', 'A set, to two projects, for Codex'],
    ['smd undo', 'Take it back'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Artifacts of the collection',
      complete: 'artifact',
    },
    ...whereArgs,
    ...whatArgs,
    link: { type: 'boolean', describe: 'Link to the collection instead of copying' },
  },
  run(ctx, args) {
    const [first, ...others] = args.name ?? []
    // Kept for servers that are written into settings files.
    if (first === 'mcp' && others.length === 1) {
      const usage = `smd deploy ${others[0]} --type mcp`
      throw new SmdError('cli.usage', { reason: 'smd deploy mcp NAME is not there yet.', usage })
    }
    const request = { ...toRequest(args, ctx), link: args.link === true }
    return agreeAndDo(ctx, request, {
      remove: false,
      dryRun: args['dry-run'] === true,
      yes: args.yes === true,
    })
  },
})

export const undeployCommand = defineCommand({
  name: 'undeploy',
  summary: 'Take deployed artifacts away from projects',
  examples: [
    ['smd undeploy code-review', 'From the project you are in, for every agent'],
    ['smd undeploy code-review --all-projects --dry-run', 'See every path first'],
  ],
  args: {
    name: {
      type: 'string',
      positional: true,
      many: true,
      describe: 'Deployed artifacts',
      complete: 'artifact',
    },
    ...whereArgs,
    ...whatArgs,
  },
  run(ctx, args) {
    const request = toRequest(args, ctx)
    return agreeAndDo(ctx, request, {
      remove: true,
      dryRun: args['dry-run'] === true,
      yes: args.yes === true,
    })
  },
})

type How = { remove: boolean; dryRun: boolean; yes: boolean }

/** The plan first; what is done then is that plan, or nothing. Without somebody to ask it is done: it can be taken back. */
async function agreeAndDo(
  { call, io }: CommandContext,
  request: ParamsOf<'deployments.deploy'>,
  { remove, dryRun, yes }: How,
): Promise<ExitCode> {
  const plan = await call('deployments.plan', { ...request, remove })
  if (dryRun) return showPlan(io, plan)
  const isAsked = !yes && isGrave(plan)
  if (isAsked) {
    printPlan(io, plan.projects, { files: false })
    const answer = await io.confirm(`Change ${plural(countChanges(plan.projects), 'artifact')}?`)
    if (answer === false) {
      io.note('Nothing was changed.')
      return ExitCode.failure
    }
  }
  const { link: _, ...without } = request
  const expect = plan.digest
  const done = remove
    ? await call('deployments.undeploy', { ...without, expect })
    : await call('deployments.deploy', { ...request, expect })
  if (io.json) {
    io.value(toJson(remove ? 'undeploy' : 'deploy', done))
    return exitCodeOf(done.projects)
  }
  if (!isAsked) printPlan(io, done.projects, { files: false })
  const hint = remove
    ? 'Remove what was edited, too, with: --overwrite'
    : 'Replace what is there with: --overwrite (smd keeps it), or choose other projects.'
  const code = printOutcome(io, done.projects, { done: remove ? 'Taken away' : 'Deployed', hint })
  if (done.operation) io.note(`Take it back with: smd undo ${done.operation}`)
  return code
}

function showPlan(io: CommandContext['io'], plan: Plan): ExitCode {
  const blocked = plan.projects.filter(isBlocked)
  if (io.json) io.value(plan)
  else {
    printPlan(io, plan.projects, { files: true })
    io.note(`Nothing was changed; ${plural(countChanges(plan.projects), 'artifact')} would be.`)
  }
  return blocked.length > 0 ? ExitCode.conflict : ExitCode.ok
}

/** With the members that programs made for SkillMeat read (formats spec section 26). */
function toJson(command: string, { operation, projects }: Done): object {
  const deployments = projects
    .filter(({ outcome }) => outcome === 'done')
    .flatMap(({ items }) => items)
    .filter(({ action }) => action !== 'skip')
    .map(({ name, type, path, profile, platform, profileRoot }) => ({
      artifact: name,
      type,
      path,
      profile_id: profile,
      platform,
      profile_root_dir: profileRoot,
    }))
  const isWhole = exitCodeOf(projects) === ExitCode.ok
  const status = isWhole ? 'success' : deployments.length > 0 ? 'partial' : 'failed'
  return { status, command, operation, deployments, projects }
}
