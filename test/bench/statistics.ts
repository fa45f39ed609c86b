/** Figures out of samples, and taking them in turns. */

/** The value below which `share` (0 to 1) of the samples lie: the nearest sample, never an invented one. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error('there are no samples')
  const sorted = Float64Array.from(samples).sort()
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))
  return sorted[index] as number
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)
export const p99 = (samples: readonly number[]): number => quantile(samples, 0.99)

/** One measurement; what it returns are samples of one unit. */
export type Task = () => number | readonly number[] | Promise<number | readonly number[]>

/**
 * Runs all tasks in turns, A B C A B C …, so that a slow moment of the machine meets all of them. The first `warmUp`
 * rounds do not count.
 */
export async function interleave<Name extends string>(
  { rounds, warmUp = 1 }: { rounds: number; warmUp?: number },
  tasks: Readonly<Record<Name, Task>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tasks) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const taken = await tasks[name]()
      if (round < 0) continue
      for (const sample of typeof taken === 'number' ? [taken] : taken) samples[name].push(sample)
    }
  }
  return samples
}
