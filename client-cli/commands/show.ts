import type { ParamsOf, ResultOf } from '../../protocol/methods.ts'
import { defineCommand } from '../command.ts'
import { formatAge, formatBytes, formatCount } from '../format/values.ts'
import { stateOf } from './artifact-table.ts'
import { filterArgs, toFilter } from './filters.ts'

const { project, type, scope } = filterArgs

export const showCommand = defineCommand({
  name: 'show',
  summary: 'Show one artifact: what it is, where it is, what is wrong with it',
  examples: [
    ['smd show code-review', 'The one in effect, and where else it is'],
    ['smd show github --type mcp --project .', 'A server of this project'],
  ],
  args: {
    name: { type: 'string', positional: true, required: true, describe: 'Name or id', complete: 'artifact' },
    project,
    type,
    scope,
  },
  async run({ call, io, cwd }, { name, ...args }) {
    const params = { ...toFilter(args, cwd), name } as ParamsOf<'artifacts.show'>
    const a = await call('artifacts.show', params)
    if (io.json) return io.value(a)
    io.line(`${io.paint('bold', a.name)}  ${a.type}, ${a.scope}${a.project ? ` of ${a.project.name}` : ''}`)
    if (a.description) io.line(a.description)
    io.line()
    const fields: Array<[string, string | null]> = [
      ['Path', a.path + (a.fragment ? `#${a.fragment}` : '')],
      ['Agent', a.host],
      ['Source', a.source],
      ['Version', versions(a.deployedVersion, a.upstreamVersion)],
      ['State', stateOf(a)],
      ['Upstream', upstreamOf(a)],
      ['Tags', a.tags.join(', ') || null],
      ['Size', `${formatBytes(a.sizeBytes)}, about ${formatCount(a.tokens)} tokens`],
      [
        'Changed',
        `${new Date(a.updatedAt).toISOString().slice(0, 16).replace('T', ' ')} (${formatAge(a.updatedAt, Date.now())})`,
      ],
      ['Hash', a.hash],
      ['Id', a.id],
    ]
    for (const [label, value] of fields) if (value) io.line(`${io.paint('dim', label.padEnd(8))} ${value}`)
    for (const d of a.diagnostics) {
      io.line(`${io.paint(d.severity === 'error' ? 'red' : 'yellow', d.severity.padEnd(8))} ${d.message}`)
    }
    if (a.alsoInTotal > 0) {
      const same = a.alsoIn.filter((copy) => copy.same).length
      io.line()
      io.line(
        `Also in ${a.alsoInTotal} other ${a.alsoInTotal === 1 ? 'place' : 'places'} (${same} with the same content): smd where ${a.name}`,
      )
    }
  },
})

/** How it stands to its source and as of when, where it has one. */
function upstreamOf({
  state,
  stateReason,
  upstreamCheckedAt: at,
}: ResultOf<'artifacts.show'>): string | null {
  if (state === 'untracked' || (at === null && stateReason === null)) return null
  const age = at === null ? '' : `, asked ${formatAge(at, Date.now())}`
  return `${state}${age}${stateReason ? `: ${stateReason.message}` : ''}`
}

function versions(deployed: string | null, upstream: string | null): string | null {
  if (deployed === null && upstream === null) return null
  return upstream === null || upstream === deployed
    ? deployed
    : `${deployed ?? '?'}, ${upstream} is available`
}
