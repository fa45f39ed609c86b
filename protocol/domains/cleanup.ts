/** What lies around on this machine and is of no use to anybody. */
import { z } from 'zod'
import { type LeftoverKind, leftoverKinds } from '../leftovers.ts'
import { defineMethod, lazily } from '../method.ts'
import { AbsolutePath, EpochMs } from '../primitives.ts'

const Kind = lazily(() => z.enum(Object.keys(leftoverKinds) as [LeftoverKind, ...LeftoverKind[]]))

const Leftover = lazily(() =>
  z.object({
    kind: Kind(),
    path: AbsolutePath,
    /** Of a link what it leads to, of a plugin its name and version; empty when the path says it all. */
    detail: z.string(),
    sizeBytes: z.int().nonnegative(),
    /** Last change; null when that is not known. */
    changedAt: EpochMs.nullable(),
    /** False: only told, since it belongs to another program that may be at work. */
    removable: z.boolean(),
  }),
)

export const cleanupMethods = {
  'cleanup.find': defineMethod({
    summary: 'What lies around and is of no use, with its size; nothing is changed.',
    kind: 'query',
    since: 1,
    params: () => z.object({ kinds: z.array(Kind()).min(1).optional() }),
    result: () =>
      z.object({
        /** By kind, then path. */
        items: z.array(Leftover()),
        sizeBytes: z.int().nonnegative(),
        /** Of those that are removable. */
        removableBytes: z.int().nonnegative(),
      }),
    errors: [],
  }),
  'cleanup.remove': defineMethod({
    summary: 'Remove what lies around of these kinds, as far as smd may.',
    kind: 'command',
    since: 1,
    params: () => z.object({ kinds: z.array(Kind()).min(1).optional() }),
    result: () =>
      z.object({
        removed: z.array(Leftover()),
        freedBytes: z.int().nonnegative(),
        /** What could not be removed, with the reason. */
        failed: z.array(z.object({ path: AbsolutePath, reason: z.string() })),
      }),
    errors: [],
  }),
}
