import type { Timers } from '../timers.ts'

/** Time as the scheduler knows it; tests have one of their own. */
export type Clock = Pick<Timers, 'after'> & {
  /** Unix ms. */
  now(): number
}
