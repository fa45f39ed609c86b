/** The shape of plans: what would happen in which project, place by place, and the change that does it. */

import type { PlanAction, PlanReason } from '../../../../../protocol/deploy-plan.ts'
import { SmdError } from '../../../../../protocol/errors.ts'
import type { Row } from '../../../../kernel/config/toml-format.ts'
import { digestOf, type Tree } from '../objects/index.ts'
import type { PlaceChange, ProjectChange, TextChange } from '../operations/index.ts'
import { changeRecords, type RecordFile } from './record-file.ts'

export type FileChange = { path: string; change: 'add' | 'change' | 'remove' }

export type PlannedItem = {
  name: string
  type: string
  collection: string
  profile: string
  platform: string
  /** Folder of the profile in a project, e.g. `.claude`. */
  profileRoot: string
  /** Absolute. */
  path: string
  action: PlanAction
  reason: PlanReason | null
  /** Below `path`; of an artifact that is one file, the path is empty. */
  files: FileChange[]
}

/** A project, or the home folder for all projects. */
export type Target = {
  path: string
  name: string
  /** It is the home folder, for all projects. */
  isHome?: boolean
}

export type PlannedProject = Omit<Target, 'isHome'> & {
  /** Why nothing can be planned here; null when something can. */
  problem: string | null
  /** What could not be looked at and was passed over; sentences. */
  warnings: string[]
  items: PlannedItem[]
  change: ProjectChange
}

/** Collects the plan of one project. */
export class ProjectPlan {
  readonly #target: Target
  readonly #items: PlannedItem[] = []
  readonly #places: PlaceChange[] = []
  readonly #records = new Map<string, { file: RecordFile; put: Row[]; drop: Set<string> }>()
  readonly #prune = new Set<string>()
  readonly #warnings: string[] = []

  constructor(target: Target) {
    this.#target = target
  }

  add(item: PlannedItem): void {
    this.#items.push(item)
  }

  warn(sentence: string): void {
    this.#warnings.push(sentence)
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  place(change: PlaceChange): void {
    this.#places.push(change)
  }

  /** Whether another artifact of this plan has the place already. */
  hasPlace(path: string): boolean {
    return this.#items.some((item) => item.path === path && item.action !== 'conflict')
  }

  /** Folders that go when they are empty afterwards. */
  prune(folders: readonly string[]): void {
    for (const folder of folders) this.#prune.add(folder)
  }

  put(file: RecordFile, row: Row): void {
    this.#changesOf(file).put.push(row)
  }

  drop(file: RecordFile, key: string): void {
    this.#changesOf(file).drop.add(key)
  }

  #changesOf(file: RecordFile) {
    const known = this.#records.get(file.file)
    if (known) return known
    const made = { file, put: [], drop: new Set<string>() }
    this.#records.set(file.file, made)
    return made
  }

  /** With a conflict anywhere nothing of the project changes. `folder`: where new content is made ready. */
  finish(folder: string): PlannedProject {
    const hasConflict = this.#items.some(({ action }) => action === 'conflict')
    const texts = hasConflict ? [] : this.#texts()
    const { path, name } = this.#target
    return {
      path,
      name,
      problem: null,
      warnings: this.#warnings,
      items: this.#items,
      change: {
        folder,
        places: hasConflict ? [] : this.#places,
        texts,
        prune: [...this.#prune].sort((a, b) => b.length - a.length),
      },
    }
  }

  #texts(): TextChange[] {
    return [...this.#records.values()].flatMap(({ file, put, drop }) => changeRecords(file, put, drop) ?? [])
  }
}

/** A project of which nothing can be planned: its records cannot be read, or it is not there. */
export function brokenPlan(target: Target, error: unknown): PlannedProject {
  const { code, message } = error as NodeJS.ErrnoException
  const problem = error instanceof SmdError ? message : `It cannot be read (${code ?? message}).`
  const { path, name } = target
  return { path, name, problem, warnings: [], items: [], change: { folder: path, places: [], texts: [] } }
}

/** The same plan has the same digest, as long as nothing on the disk changes. */
export function digestOfPlan(projects: readonly PlannedProject[]): string {
  const parts = projects.map(({ path, problem, items, change }) => [
    path,
    problem,
    items.map(({ action, reason, path, profile }) => [action, reason, path, profile]),
    change.places,
    change.texts.map(({ path, expected }) => [path, expected]),
  ])
  return digestOf(JSON.stringify(parts)).slice(0, 32)
}

/** What becomes of each file when one tree takes the place of another. */
export function fileChanges(before: Tree | null, after: Tree | null): FileChange[] {
  const old = new Map(before?.entries.map((entry) => [entry.path, entry]))
  const changes: FileChange[] = []
  for (const entry of after?.entries ?? []) {
    const known = old.get(entry.path)
    old.delete(entry.path)
    if (!known) changes.push({ path: entry.path, change: 'add' })
    else if (known.digest !== entry.digest || known.kind !== entry.kind || known.mode !== entry.mode)
      changes.push({ path: entry.path, change: 'change' })
  }
  for (const path of old.keys()) changes.push({ path, change: 'remove' })
  return changes
}
