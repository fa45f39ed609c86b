/** Collections: libraries of artifacts of one's own, below `~/.skillmeat`. */
import { z } from 'zod'
import { defineMethod } from '../method.ts'
import { AbsolutePath } from '../primitives.ts'

export const collectionMethods = {
  'collections.list': defineMethod({
    summary: 'The collections of this user, as their files say now.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        /** By name. */
        items: z.array(
          z.object({
            name: z.string(),
            path: AbsolutePath,
            /** What commands work on when they name no collection. */
            active: z.boolean(),
            /** What its manifest lists. */
            artifactCount: z.int().nonnegative(),
            /** ISO 8601, UTC; null when the manifest does not say. */
            created: z.string().nullable(),
            updated: z.string().nullable(),
            /** Why its manifest cannot be read; null when it can. */
            problem: z.string().nullable(),
          }),
        ),
      }),
    errors: [],
  }),
}
