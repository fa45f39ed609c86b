/** Whole processes against a warm daemon. */
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, withDaemon } from '../daemon.ts'
import type { Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { node, type Program, run } from '../processes.ts'
import { interleave, median } from '../statistics.ts'
import { pickWords } from '../words.ts'

const bareClient = join(import.meta.dirname, '../floors/bare-client.cjs')
const peakMemory = join(import.meta.dirname, '../floors/peak-memory.cjs')

/** A verb that must cost hardly more than the round trip itself. */
type HotVerb = { id: string; args: readonly string[]; method: string; params: object }

/** A verb, help or completion that may cost twice the start of Node. */
type OtherVerb = { id: string; args: readonly string[] }

const MIB = 1024 * 1024

export async function measureCli(bench: Bench): Promise<Group> {
  const tree = bench.tree(100)
  const place = newPlace(bench, tree.home)
  await fillCache(bench, place)
  const rounds = roundsOf(bench.options, 40)
  const lines = await withDaemon(bench, place, async ({ call }) => {
    // As a user sits in one of his projects.
    const { items } = await call('projects.list', { limit: 1 })
    const cwd = items[0]?.path ?? tree.home
    const name = await plainSkill(call)
    const word = wordOf(place.cacheDb)
    const program = (argv: readonly string[]): Program => ({ argv, env: place.env, cwd })
    const smd = (args: readonly string[]): Program => program([node, join(bench.dist, 'smd.cjs'), ...args])
    const bare = ({ method, params }: HotVerb): Program =>
      program([node, bareClient, place.socket, method, JSON.stringify(params)])
    const empty = program([node, '-e', '0'])

    const hot = hotVerbs(word, name)
    const other = otherVerbs(name).filter(({ args }) => works(bench, smd(args)))
    const tasks: Record<string, () => number> = { 'node -e 0': () => run(empty).ms }
    for (const verb of hot) {
      tasks[`bare ${verb.id}`] = () => run(bare(verb)).ms
      tasks[verb.id] = () => run(smd(verb.args)).ms
    }
    for (const { id, args } of other) tasks[id] = () => run(smd(args)).ms
    const times = await interleave({ rounds, warmUp: 2 }, tasks)
    const of = (id: string): number => median(times[id] as number[])

    const samples = `${rounds} rounds`
    const start = { what: '`node -e 0`', figure: of('node -e 0') }
    const bareList = hot[0] as HotVerb
    return [
      {
        id: 'cli.bare',
        what: 'the bare script that does the same round trip (`list`)',
        unit: 'ms',
        figure: of(`bare ${bareList.id}`),
        floor: start,
        goal: { kind: 'none' },
        samples,
      },
      ...hot.map(
        ({ id, args }): Line => ({
          id,
          what: `\`smd ${args.join(' ')}\``,
          unit: 'ms',
          figure: of(id),
          floor: { what: 'bare script', figure: of(`bare ${id}`) },
          goal: { kind: 'ratio', max: 1.1 },
          samples,
        }),
      ),
      ...otherVerbs(name).map(
        ({ id, args }): Line => ({
          id,
          what: `\`smd ${args.join(' ')}\``.trim(),
          unit: 'ms',
          figure: other.some((verb) => verb.id === id) ? of(id) : null,
          floor: start,
          goal: { kind: 'ratio', max: 2 },
          samples,
          ...(!other.some((verb) => verb.id === id) && { remark: 'the command failed' }),
        }),
      ),
      memoryLine(program, smd(bareList.args), bare(bareList), roundsOf(bench.options, 20)),
    ] satisfies Line[]
  })
  return {
    name: 'cli',
    title: 'Commands, daemon running',
    about:
      'Whole processes with 10,000 artifacts in the cache, called in the folder of a project: start, one round trip, print, exit. The bare script has no dependencies and sends the same request.',
    lines,
  }
}

function hotVerbs(word: string, name: string): HotVerb[] {
  return [
    {
      id: 'cli.list',
      args: ['list', '--limit', '50', '--json'],
      method: 'artifacts.list',
      params: { limit: 50 },
    },
    {
      id: 'cli.search',
      args: ['search', word, '--json'],
      method: 'artifacts.search',
      params: { query: word, limit: 50, sort: 'relevance' },
    },
    { id: 'cli.show', args: ['show', name], method: 'artifacts.show', params: { name } },
    { id: 'cli.status', args: ['status'], method: 'daemon.status', params: {} },
  ]
}

function otherVerbs(name: string): OtherVerb[] {
  return [
    { id: 'cli.projects-list', args: ['projects', 'list'] },
    { id: 'cli.cache-status', args: ['cache', 'status'] },
    { id: 'cli.where', args: ['where', name] },
    { id: 'cli.config-list', args: ['config', 'list'] },
    { id: 'cli.doctor', args: ['doctor'] },
    { id: 'cli.help', args: ['--help'] },
    { id: 'cli.help-list', args: ['list', '--help'] },
    { id: 'cli.completion', args: ['completion', 'bash'] },
    { id: 'cli.complete-command', args: ['__complete', '--word=sea', '--'] },
    { id: 'cli.complete-name', args: ['__complete', `--word=${name.slice(0, 2)}`, '--', 'show'] },
  ]
}

/** A command that fails is told and left out, so that the others are measured. */
function works(bench: Bench, program: Program): boolean {
  try {
    run(program)
    return true
  } catch (error) {
    bench.say((error as Error).message)
    return false
  }
}

/** A skill of an unmistakable name. */
async function plainSkill(call: import('../../../protocol/client.ts').Call): Promise<string> {
  const { items } = await call('artifacts.list', { type: 'skill', limit: 200 })
  for (const { name } of items) {
    const found = await call('artifacts.show', { name }).catch(() => null)
    if (found && /^[a-z][a-z0-9-]+$/.test(name)) return name
  }
  throw new Error('the tree has no skill of an unmistakable name')
}

function wordOf(cacheDb: string): string {
  return pickWords(cacheDb).rare[0] as string
}

function memoryLine(
  program: (argv: readonly string[]) => Program,
  list: Program,
  bare: Program,
  rounds: number,
): Line {
  const most = ({ argv: [command = '', ...args] }: Program): number =>
    Number(run(program([command, '--require', peakMemory, ...args])).extra) / MIB
  const taken: Record<'list' | 'bare', number[]> = { list: [], bare: [] }
  for (let round = 0; round < rounds; round++) {
    taken.bare.push(most(bare))
    taken.list.push(most(list))
  }
  return {
    id: 'cli.memory',
    what: 'most memory of `smd list --limit 50 --json`',
    unit: 'MiB',
    figure: median(taken.list),
    floor: { what: 'bare script', figure: median(taken.bare) },
    goal: { kind: 'most', max: 44 },
    samples: `${rounds} rounds`,
  }
}
