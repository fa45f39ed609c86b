/** Deploying to many projects, against copying the same files, and what the daemon knows of what is deployed. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../../../protocol/client.ts'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, untilIdle, withDaemon } from '../daemon.ts'
import type { Goal, Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { run } from '../processes.ts'
import { interleave, median } from '../statistics.ts'

const PROJECTS = 100
const ARTIFACTS = 10
const RECORDS = 10_000

export async function measureDeploy(bench: Bench): Promise<Group> {
  return {
    name: 'deploy',
    title: 'Deployments',
    about: `${ARTIFACTS} skills of the generated collection go to ${PROJECTS} projects by one request to the daemon: planned, kept, written beside and put in their places, all of it on the disk. The floor is \`cp -r\` of the same files, once for each project, and \`sync\` of each file. The state of ${RECORDS.toLocaleString('en')} deployments is asked for over the socket, all rows at once.`,
    lines: [await measureCopying(bench), ...(await measureStates(bench))],
  }
}

async function measureCopying(bench: Bench): Promise<Line> {
  const home = join(bench.temp, 'deploy')
  cpSync(join(bench.tree(100).home, '.skillmeat'), join(home, '.skillmeat'), { recursive: true })
  const skills = join(home, '.skillmeat/collections/default/skills')
  const names = readdirSync(skills).sort().slice(0, ARTIFACTS)
  const folders = (kind: string): string[] =>
    Array.from({ length: PROJECTS }, (_, n) => join(home, kind, `p${n}`, '.claude/skills'))
  for (const folder of folders('projects')) mkdirSync(folder, { recursive: true })
  const place = newPlace(bench, home)
  const projects = folders('projects').map((folder) => join(folder, '../..'))
  const rounds = roundsOf(bench.options, 8, 3)
  const times = await withDaemon(bench, place, async ({ call }) => {
    for (const project of projects) await call('projects.add', { path: project })
    const request = { artifacts: names.map((name) => ({ name, type: 'skill' })), projects }
    return interleave(
      { rounds, warmUp: 1 },
      {
        deploy: () => timedDeploy(call, request),
        copy: () =>
          timedCopy(
            names.map((name) => join(skills, name)),
            folders('copies'),
            home,
          ),
      },
    )
  })
  return {
    id: 'deploy.copy',
    what: `deploy ${ARTIFACTS} skills to ${PROJECTS} projects`,
    unit: 'ms',
    figure: median(times.deploy as number[]),
    floor: { what: '`cp -r` and fsync', figure: median(times.copy as number[]) },
    goal: { kind: 'ratio', max: 3 },
    samples: `${rounds} rounds`,
  }
}

type Request = { artifacts: { name: string; type: string }[]; projects: string[] }

/** What was deployed goes again, untimed. */
async function timedDeploy(call: Call, request: Request): Promise<number> {
  const start = process.hrtime.bigint()
  const { projects } = await call('deployments.deploy', { ...request, members: false })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  const bad = projects.find(({ outcome }) => outcome !== 'done')
  if (bad) throw new Error(`${bad.path} is ${bad.outcome}: ${JSON.stringify(bad.failure ?? bad.problem)}`)
  await call('deployments.undeploy', { ...request, members: false })
  return ms
}

const COPY = 'for folder in "$@"; do cp -r $SKILLS "$folder/"; done; find "$COPIES" -type f -exec sync {} +'

function timedCopy(skills: readonly string[], folders: readonly string[], home: string): number {
  const copies = join(home, 'copies')
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  const env = { PATH: process.env.PATH ?? '', SKILLS: skills.join(' '), COPIES: copies }
  const { ms } = run({ argv: ['sh', '-c', COPY, 'sh', ...folders], env, cwd: home })
  rmSync(copies, { recursive: true })
  return ms
}

async function measureStates(bench: Bench): Promise<Line[]> {
  const home = join(bench.temp, 'deployed')
  writeDeployed(home)
  const place = newPlace(bench, home)
  await fillCache(bench, place)
  const rounds = roundsOf(bench.options, 40, 5)
  const times = await withDaemon(bench, place, async ({ call }) => {
    await untilIdle(call)
    const { total } = await call('deployments.list', { limit: 1 })
    if (total !== RECORDS) throw new Error(`${total} deployments are known`)
    const timed = async (params: object): Promise<number> => {
      const start = process.hrtime.bigint()
      await call('deployments.list', params)
      return Number(process.hrtime.bigint() - start) / 1e6
    }
    const warm = await interleave(
      { rounds, warmUp: 2 },
      { all: () => timed({ limit: RECORDS }), page: () => timed({ limit: 200, state: 'modified' }) },
    )
    const changed = await interleave(
      { rounds, warmUp: 1 },
      {
        first: async () => {
          await call('cache.invalidate', { project: join(home, 'p0') })
          return timed({ limit: 200 })
        },
      },
    )
    return { ...warm, ...changed }
  })
  const line = (id: keyof typeof times, what: string, goal: Goal = { kind: 'most', max: 50 }): Line => ({
    id: `deploy.${id}`,
    what,
    unit: 'ms',
    figure: median(times[id] as number[]),
    floor: null,
    goal,
    samples: `${rounds} rounds`,
  })
  return [
    line('all', `states of ${RECORDS.toLocaleString('en')} deployments, every row`),
    line('page', 'the same, 200 rows in one state'),
    line('first', 'the same, the first 200 after a change of the cache', { kind: 'none' }),
  ]
}

/** A hundred projects with a hundred commands each, all deployed; one in ten was edited since. */
function writeDeployed(home: string): void {
  const perProject = RECORDS / PROJECTS
  for (let p = 0; p < PROJECTS; p++) {
    const root = join(home, `p${p}`, '.claude')
    mkdirSync(join(root, 'commands'), { recursive: true })
    const rows: string[] = []
    for (let n = 0; n < perProject; n++) {
      const text = `# Command ${n} of ${p}\n`
      writeFileSync(join(root, 'commands', `c${n}.md`), n % 10 === 0 ? `${text}Edited.\n` : text)
      const hash = createHash('sha256').update(text).digest('hex')
      rows.push(
        `[[deployed]]\nartifact_name = "c${n}"\nartifact_type = "command"\nfrom_collection = "default"\ndeployed_at = "2026-01-02T03:04:05"\nartifact_path = "commands/c${n}.md"\ncontent_hash = "${hash}"\nlocal_modifications = false\ncollection_sha = "${hash}"\n`,
      )
    }
    writeFileSync(join(root, '.skillmeat-deployed.toml'), rows.join('\n'))
  }
}
