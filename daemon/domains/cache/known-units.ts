import { realpathSync } from 'node:fs'
import type { UnitRef } from './scan/job.ts'
import type { ScanEnvironment } from './scan/types.ts'

/** What the last search found: every unit by its row, and what all scans share. */
export class KnownUnits {
  readonly #refs = new Map<number, UnitRef>()
  #env: ScanEnvironment | null = null

  /** Null before the first search. */
  get env(): ScanEnvironment | null {
    return this.#env
  }

  get(id: number): UnitRef | undefined {
    return this.#refs.get(id)
  }

  get all(): UnitRef[] {
    return [...this.#refs.values()]
  }

  /** `complete`: there are no others. What belongs to no project is always found as a whole. */
  put(refs: readonly UnitRef[], env: ScanEnvironment, complete: boolean): void {
    for (const [id, ref] of this.#refs) if (complete || ref.projectId === null) this.#refs.delete(id)
    for (const ref of refs) this.#refs.set(ref.id, ref)
    this.#env = env
  }

  clear(): void {
    this.#refs.clear()
    this.#env = null
  }

  /** Those of `refs`, and of all known ones, for which `env` says something else than before, or that are new. */
  affectedBy(refs: readonly UnitRef[], env: ScanEnvironment): UnitRef[] {
    const before = this.#env
    if (!before) return [...refs]
    const found = new Map(refs.map((ref) => [ref.id, ref]))
    for (const ref of this.all) if (ref.projectId !== null && !found.has(ref.id)) found.set(ref.id, ref)
    const forAll = JSON.stringify(sharedBy(before)) !== JSON.stringify(sharedBy(env))
    const projects = new Set(forAll ? [] : changedProjects(before, env))
    return [...found.values()].filter(({ id, unit }) => {
      const old = this.#refs.get(id)
      if (!old || forAll || unit.kind === 'user' || unit.kind === 'managed') return true
      return projects.has(unit.path) || JSON.stringify(old.unit) !== JSON.stringify(unit)
    })
  }
}

/** The part that concerns every unit. */
function sharedBy({ claude: { projects: _, ...claude }, ...rest }: ScanEnvironment): object {
  return { ...rest, claude }
}

/** Real paths of the projects of which `~/.claude.json` says something else now. */
function changedProjects(before: ScanEnvironment, after: ScanEnvironment): string[] {
  const [old, now] = [before.claude.projects, after.claude.projects]
  const paths = new Set([...Object.keys(old), ...Object.keys(now)])
  return [...paths].filter((path) => JSON.stringify(old[path]) !== JSON.stringify(now[path])).map(realOrSame)
}

function realOrSame(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}
