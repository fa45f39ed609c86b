/** Another program for the same question: the npm `skills` CLI, listing one project of 100 skills. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, withDaemon } from '../daemon.ts'
import type { Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { node, run } from '../processes.ts'
import { interleave, median } from '../statistics.ts'

const SKILLS = 100

export async function measurePeer(bench: Bench): Promise<Group> {
  const home = join(bench.temp, 'peer-home')
  const project = join(home, 'projects', 'one')
  writeProject(project)
  const place = newPlace(bench, home)
  await fillCache(bench, place)
  const peer = install(bench)
  const rounds = roundsOf(bench.options, 20)
  const program = (argv: readonly string[]) => ({ argv, env: place.env, cwd: project })
  const smd = program([node, join(bench.dist, 'smd.cjs'), 'list', '--project', '.', '--json'])
  const empty = program([node, '-e', '0'])
  const lines = await withDaemon(bench, place, async () => {
    const count = JSON.parse(run(smd).stdout).items.length
    if (count !== SKILLS) throw new Error(`smd lists ${count} of ${SKILLS} skills`)
    const ours = { empty: () => run(empty).ms, smd: () => run(smd).ms }
    if ('reason' in peer) {
      const times = await interleave({ rounds }, ours)
      return [smdLine(times, rounds), missing(peer.reason)]
    }
    const list = program([node, peer.bin, 'list'])
    const listed = new Set(run(list).stdout.match(/bench-skill-\d+/g)).size
    if (listed !== SKILLS) return [missing(`skills ${peer.version} lists ${listed} of ${SKILLS} skills`)]
    const times = await interleave({ rounds }, { ...ours, peer: () => run(list).ms })
    const floor = { what: '`node -e 0`', figure: median(times.empty) }
    const peerLine: Line = {
      id: 'peer.skills',
      what: `\`skills list\` (${peer.version}, run by node, without npx)`,
      unit: 'ms',
      figure: median(times.peer),
      floor,
      goal: { kind: 'none' },
      samples: `${rounds} rounds`,
    }
    return [smdLine(times, rounds), peerLine]
  })
  return {
    name: 'peer',
    title: 'Beside another program',
    about: `Whole processes that list the ${SKILLS} skills of one project; smd's daemon runs.`,
    lines,
  }
}

function smdLine(times: { empty: number[]; smd: number[] }, rounds: number): Line {
  return {
    id: 'peer.smd',
    what: '`smd list --project . --json`',
    unit: 'ms',
    figure: median(times.smd),
    floor: { what: '`node -e 0`', figure: median(times.empty) },
    goal: { kind: 'none' },
    samples: `${rounds} rounds`,
  }
}

function missing(remark: string): Line {
  return {
    id: 'peer.skills',
    what: '`skills list`',
    unit: 'ms',
    figure: null,
    floor: null,
    goal: { kind: 'none' },
    samples: '',
    remark,
  }
}

/** A project both programs see: each skill a folder in `.claude/skills`. */
function writeProject(project: string): void {
  for (let i = 0; i < SKILLS; i++) {
    const name = `bench-skill-${String(i).padStart(3, '0')}`
    const folder = join(project, '.claude', 'skills', name)
    mkdirSync(folder, { recursive: true })
    const text = `---\nname: ${name}\ndescription: Says how part ${i} of the work is done and what to look at first.\n---\n\n# ${name}\n\nRead the plan, do step ${i}, write down what changed.\n`
    writeFileSync(join(folder, 'SKILL.md'), text)
  }
}

/** Installs the program for this run only; without a registry there is nothing to compare with. */
function install(bench: Bench): { bin: string; version: string } | { reason: string } {
  const prefix = join(bench.temp, 'peer')
  mkdirSync(prefix)
  writeFileSync(join(prefix, 'package.json'), '{"private":true}\n')
  const argv = ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', prefix, 'skills']
  try {
    run({ argv, env: process.env, cwd: prefix })
  } catch (error) {
    bench.say((error as Error).message)
    return { reason: 'the npm registry could not be reached' }
  }
  const folder = join(prefix, 'node_modules', 'skills')
  const { version, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { bin: join(folder, typeof bin === 'string' ? bin : bin.skills), version }
}
