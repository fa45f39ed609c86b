/** What all the commands that add something have in common. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ParamsOf } from '../../../protocol/methods.ts'
import type { ArgSpecs, CommandContext } from '../../command.ts'
import { projectRef } from '../filters.ts'

type Params = ParamsOf<'collections.add'>

export const addArgs = {
  spec: {
    type: 'string',
    positional: true,
    required: true,
    describe: 'Source: owner/repo/path@version, an address, a local path, or plugin@marketplace',
    complete: 'path',
  },
  name: { type: 'string', alias: 'n', describe: 'Another name than that of the source' },
  collection: { type: 'string', alias: 'c', describe: 'The collection (default: the active one)' },
  'from-project': {
    type: 'string',
    describe: 'SPEC is the name of an artifact of this project: path, name or id',
    complete: 'project',
  },
  tag: { type: 'string', many: true, describe: 'A tag for it' },
  force: { type: 'boolean', alias: 'f', describe: 'Replace one with the same name' },
} as const satisfies ArgSpecs

type Given = {
  spec: string
  name?: string | undefined
  collection?: string | undefined
  'from-project'?: string | undefined
  tag?: string[] | undefined
  force?: boolean | undefined
}

/** Adds it and says so. */
export async function addArtifact(
  { call, io, cwd }: Pick<CommandContext, 'call' | 'io' | 'cwd'>,
  command: string,
  { spec, name, collection, 'from-project': project, tag = [], force = false }: Given,
  type: Params['type'],
): Promise<void> {
  const added = await call('collections.add', {
    spec: project === undefined ? sourceSpec(spec, cwd) : spec,
    tags: tag,
    force,
    ...(type !== undefined && { type }),
    ...(name !== undefined && { name }),
    ...(collection !== undefined && { collection }),
    ...(project !== undefined && { fromProject: projectRef(project, cwd) }),
  })
  if (io.json) {
    const artifact = { name: added.name, type: added.type, collection: added.collection }
    return io.value({ status: 'success', command, artifact, ...added })
  }
  io.line(`Added: ${added.type} ${added.name} to ${added.collection}`)
  if (added.upstream) {
    const version = added.version ?? added.resolvedSha?.slice(0, 7)
    io.note(`From ${added.upstream}${version ? ` (${version})` : ''}`)
  }
  for (const warning of added.warnings) io.note(warning)
}

/** A path of this folder is made absolute: the daemon has another one. */
export function sourceSpec(spec: string, cwd: string): string {
  if (spec.startsWith('~')) return spec
  return /^[./\\]|^[A-Za-z]:[\\/]/.test(spec) || existsSync(resolve(cwd, spec)) ? resolve(cwd, spec) : spec
}
