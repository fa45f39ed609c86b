/** One line of the report: a figure, what it is compared with, and whether it is good enough. */

export type Unit = 'us' | 'ms' | 's' | 'kB' | 'MB' | 'MiB' | '%' | ''

export type Goal =
  /** At most `max` times the floor, and `plus` more. */
  | { kind: 'ratio'; max: number; plus?: number }
  | { kind: 'most'; max: number }
  /** Shown beside the others; nothing was promised. */
  | { kind: 'none' }

export type Line = {
  /** Stable, `group.what`: notes refer to it. */
  id: string
  what: string
  unit: Unit
  /** Null when it could not be measured; `remark` says why. */
  figure: number | null
  floor: { what: string; figure: number } | null
  goal: Goal
  /** How often it was measured, e.g. `40 rounds`. */
  samples: string
  remark?: string
}

/** Lines measured together, as one table of the report. */
export type Group = { name: string; title: string; about: string; lines: Line[] }

/** The largest figure that still meets the goal; null when there is no goal, or no floor to tell it from. */
export function limitOf({ goal, floor }: Line): number | null {
  if (goal.kind === 'most') return goal.max
  if (goal.kind === 'none' || floor === null) return null
  return goal.max * floor.figure + (goal.plus ?? 0)
}

/** Null when nothing was promised. What could not be measured does not count as met. */
export function isMet(line: Line): boolean | null {
  if (line.goal.kind === 'none') return null
  const limit = limitOf(line)
  return line.figure !== null && limit !== null && line.figure <= limit
}

export function ratioOf({ figure, floor }: Line): number | null {
  return figure === null || floor === null || floor.figure === 0 ? null : figure / floor.figure
}
