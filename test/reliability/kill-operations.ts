/** Kills a process in the middle of a change of several projects, and looks what the next start makes of it (promise D6). */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { recoverOperations } from '../../daemon/domains/collections/work/operations/index.ts'
import { createRandom } from '../demo/random.ts'
import {
  fillOperationWorld,
  makeOperationWorld,
  type Snapshot,
  snapshot,
} from '../support/operation-world.ts'

export type OperationKills = {
  rounds: number
  /** Kills that came after the change had ended. */
  late: number
  /** Projects found wholly as they were, and wholly as they should become. */
  old: number
  new: number
  /** Kills in the middle: some projects old, others new, or something left over before the next start. */
  between: number
  /** What is neither, or left over. */
  broken: string[]
}

const PROJECTS = 6

/** Runs so many rounds. The same seed gives the same moments, as far as the machine is as quick. */
export async function killOperations(rounds: number, seed = 'operations'): Promise<OperationKills> {
  const random = createRandom(seed)
  const report: OperationKills = { rounds, late: 0, old: 0, new: 0, between: 0, broken: [] }
  let typical = 150
  for (let round = 1; round <= rounds; round++) {
    const world = makeOperationWorld(PROJECTS)
    try {
      fillOperationWorld(world)
      const before = world.projects.map((project) => snapshot(project))
      const { ended, ms } = await runAndKill(world.root, random.int(0, typical))
      if (ended) {
        report.late++
        // So that most moments lie within the change, however quick the machine is.
        typical = Math.max(20, Math.round(ms))
      } else typical += 5
      const isLeft = isUnderWay(world.own)
      if (isLeft) report.between++
      await recoverOperations(world.tools())
      if (isUnderWay(world.own)) report.broken.push(`round ${round}: still under way`)
      for (const [n, project] of world.projects.entries()) {
        const found = snapshot(project)
        if (isEqual(found, before[n] ?? {})) report.old++
        else if (isNew(found)) report.new++
        else report.broken.push(`round ${round}: ${project} ${JSON.stringify(found)}`)
      }
    } finally {
      world.remove()
    }
  }
  return report
}

async function runAndKill(root: string, afterMs: number): Promise<{ ended: boolean; ms: number }> {
  const script = join(import.meta.dirname, '../support/operation-process.ts')
  const child = spawn(process.execPath, [script, root, String(PROJECTS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  let said = ''
  let startedAt = 0
  let endedAt = 0
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => resolve())
    child.stdout.on('data', (part) => {
      said += String(part)
      if (said.includes('begin') && startedAt === 0) {
        startedAt = performance.now()
        resolve()
      }
      if (said.includes('end')) endedAt = performance.now()
    })
  })
  if (startedAt === 0) throw new Error('the process did not begin')
  await Promise.race([wait(afterMs), gone])
  child.kill('SIGKILL')
  await gone
  return { ended: endedAt > 0, ms: endedAt - startedAt }
}

const isUnderWay = (own: string): boolean => {
  const folder = join(own, 'operations/open')
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json'))
}

const isEqual = (a: Snapshot, b: Snapshot): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

/** Everything of the operation is there, and nothing of what it replaced. */
const isNew = (found: Snapshot): boolean =>
  isEqual(found, {
    '.claude/agents/deep/added.md': '644 Added.\n',
    '.claude/records.toml': '644 new = true\n',
    '.claude/skills/changed/SKILL.md': '644 New.\n',
    '.claude/skills/changed/deep/er/file.txt': '644 Deep.\n',
    '.claude/skills/linked': '-> ../../elsewhere',
    '.claude/skills/other/SKILL.md': '644 Other.\n',
    '.codex/records.toml': '644 first = true\n',
    'README.md': '644 Read me.\n',
  })
