import { consolidate } from './consolidate.ts'

/** Bringing together what stands in a collection more than once. */
export const consolidateWork = { consolidate }
