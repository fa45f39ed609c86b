/** Trees that may be changed: those of other groups are kept as they are. */
import { spawnSync } from 'node:child_process'
import { realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDemoHome } from '../../demo/build-demo-home.ts'
import type { Bench } from '../bench.ts'
import { type PlannedArtifact, planScan, type ScanPlan } from '../floors/scan-plan.ts'

export type OwnTree = { home: string; plan: ScanPlan; remove(): void }

/** As `bench.tree(projects)`, file by file, but built where nobody else looks: its files name each other by path. */
export function buildOwnTree({ temp, say }: Bench, projects: number): OwnTree {
  const out = join(temp, 'own-tree')
  say(`making ${projects} projects that are changed`)
  const { home } = buildDemoHome({ count: projects, out })
  return { home, plan: planScan(out), remove: () => rmSync(out, { recursive: true, force: true }) }
}

/** The same files once more, for the floor, which does not look into them. */
export function copyTree({ temp }: Bench, { home, plan }: OwnTree): OwnTree & { planFile: string } {
  const copy = join(temp, 'copied-home')
  const { status, stderr } = spawnSync('cp', ['-a', home, copy])
  if (status !== 0) throw new Error(`${home} could not be copied: ${stderr}`)
  const text = JSON.stringify(plan).replaceAll(`"${home}`, `"${copy}`)
  const planFile = join(temp, 'copied-plan.json')
  writeFileSync(planFile, text)
  return {
    home: copy,
    plan: JSON.parse(text),
    planFile,
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}

/** A file that belongs to one artifact of one project and to nothing else. */
export type OwnFile = { unit: string; artifact: PlannedArtifact; path: string }

/** The file by which each artifact of a project is known, without those that are links or that are linked to. */
export function filesOfProjects({ units }: ScanPlan): OwnFile[] {
  return units.flatMap(({ path: unit, isProject, artifacts }) =>
    artifacts.flatMap((artifact) => {
      if (!isProject || artifact.kind === 'part') return []
      const path = artifact.kind === 'folder' ? join(artifact.path, 'SKILL.md') : artifact.path
      return realPathOf(path) === path ? [{ unit, artifact, path }] : []
    }),
  )
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
