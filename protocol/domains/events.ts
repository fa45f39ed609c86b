/** What happens: a stream of it as it happens, and the history of projects and artifacts. */
import { z } from 'zod'
import { eventWith, topics } from '../events.ts'
import { defineMethod } from '../method.ts'
import { EpochMs, PageParams, ProjectRef, pageOf } from '../primitives.ts'
import { eventTopicGroups, eventTopics } from '../vocabulary.ts'

/** Topics that are kept for the history. */
const durableTopics = eventTopics.filter((topic) => topics[topic].durable)

export const eventMethods = {
  'events.subscribe': defineMethod({
    summary:
      'Tell what happens as it happens: a notification events.snapshot, then one events.event for each, until the request is cancelled.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** Only these; the first word of a topic stands for all of its topics. All when left out. */
        topics: z
          .array(z.enum([...eventTopics, ...eventTopicGroups]))
          .min(1)
          .optional(),
        /** The last event the caller knows: those after it are sent instead of a snapshot, if they are all kept still. */
        since: z.object({ instance: z.string().min(1).max(64), seq: z.int().nonnegative() }).optional(),
      }),
    /** Only where the request has no id; otherwise it ends with `request.cancelled`. */
    result: () => z.object({ followed: z.literal(false) }),
    errors: ['events.unknown_position', 'events.subscribed'],
  }),
  'events.history': defineMethod({
    summary: 'What happened to projects and artifacts in the last days, newest first.',
    kind: 'query',
    since: 1,
    params: () =>
      PageParams.extend({
        /** Only of this one, by id, path or name. */
        project: ProjectRef.optional(),
        /** Only of this one. */
        topic: z.enum(durableTopics).optional(),
      }),
    result: () => pageOf(eventWith({ at: EpochMs }, durableTopics)),
    errors: ['page.bad_cursor', 'project.not_found', 'project.ambiguous'],
  }),
  'events.activity': defineMethod({
    summary: 'How many artifacts were added, changed and removed on each of the last days, oldest first.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        days: z.int().min(1).max(365).default(30),
        /** Minutes that the caller's clock is ahead of UTC: where its days begin. */
        utcOffset: z.int().min(-900).max(900).default(0),
        project: ProjectRef.optional(),
      }),
    result: () =>
      z.object({
        /** One for each day, also where nothing happened. */
        items: z.array(
          z.object({
            /** When it began. */
            at: EpochMs,
            added: z.int().nonnegative(),
            changed: z.int().nonnegative(),
            removed: z.int().nonnegative(),
          }),
        ),
        /** How far back the history reaches; null when it is empty. */
        since: EpochMs.nullable(),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
}
