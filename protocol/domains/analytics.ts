/** What was done with artifacts on this machine: noted for the user alone, and never told to anybody. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { ArtifactTypeName, EpochMs } from '../primitives.ts'

const EventKind = lazily(() => z.enum(['deploy', 'update', 'sync', 'remove', 'search', 'import', 'use']))

const Counts = lazily(() =>
  z.object({
    name: z.string(),
    /** As it was noted; other programs note types that smd does not have. */
    type: z.string(),
    deploys: z.int().nonnegative(),
    updates: z.int().nonnegative(),
    syncs: z.int().nonnegative(),
    removals: z.int().nonnegative(),
    searches: z.int().nonnegative(),
    imports: z.int().nonnegative(),
    /** Out of the transcripts of Claude Code; 0 unless the user lets them be counted. */
    uses: z.int().nonnegative(),
    total: z.int().nonnegative(),
    firstAt: EpochMs,
    lastAt: EpochMs,
  }),
)

export const analyticsMethods = {
  'analytics.summary': defineMethod({
    summary: 'What was noted in all, and whether anything is noted.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        /** Whether what is done is noted: both `analytics.enabled` and SkillMeat's own setting say so. */
        enabled: z.boolean(),
        /** Whether transcripts are counted. */
        transcripts: z.boolean(),
        retentionDays: z.int().nonnegative(),
        events: z.int().nonnegative(),
        /** Of the last seven days. */
        recent: z.int().nonnegative(),
        /** Most frequent first. */
        byType: z.array(z.object({ type: EventKind(), count: z.int().positive() })),
        mostDeployed: z.object({ name: z.string(), type: z.string(), count: z.int().positive() }).nullable(),
        firstAt: EpochMs.nullable(),
        lastAt: EpochMs.nullable(),
      }),
    errors: [],
  }),
  'analytics.top': defineMethod({
    summary: 'Artifacts by how much was done with them, most first.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        metric: z.enum(['total', 'deploys', 'uses', 'recent']).default('total'),
        type: ArtifactTypeName.optional(),
        limit: z.int().min(1).max(1000).default(10),
      }),
    result: () => z.object({ items: z.array(Counts()) }),
    errors: [],
  }),
  'analytics.trends': defineMethod({
    summary: 'Events over time, by day, week or month (UTC), also where there were none.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        period: z.enum(['day', 'week', 'month']).default('day'),
        days: z.int().min(1).max(3_660).default(30),
      }),
    result: () =>
      z.object({
        points: z.array(
          z.object({
            /** Its beginning. */
            at: EpochMs,
            events: z.int().nonnegative(),
            deploys: z.int().nonnegative(),
            /** Different ones. */
            artifacts: z.int().nonnegative(),
            /** The one with most events. */
            top: z.string().nullable(),
          }),
        ),
      }),
    errors: [],
  }),
  'analytics.events': defineMethod({
    summary: 'Single events, newest first.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        event: EventKind().optional(),
        name: z.string().min(1).max(1000).optional(),
        limit: z.int().min(1).max(10_000).default(100),
        /** `next` of the page before. */
        before: z.int().positive().optional(),
      }),
    result: () =>
      z.object({
        items: z.array(
          z.object({
            id: z.int().positive(),
            event: EventKind(),
            name: z.string(),
            type: z.string(),
            collection: z.string().nullable(),
            /** As `~/…`, or the last part of its path. */
            project: z.string().nullable(),
            at: EpochMs,
            outcome: z.enum(['success', 'failure', 'conflict', 'cancelled']),
            metadata: z.record(z.string(), z.unknown()),
          }),
        ),
        next: z.int().positive().nullable(),
      }),
    errors: [],
  }),
  'analytics.unused': defineMethod({
    summary: 'Artifacts with which nothing was done for long, or ever, largest first.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        days: z.int().min(1).max(36_500).default(90),
        type: ArtifactTypeName.optional(),
        limit: z.int().min(1).max(1000).default(100),
      }),
    result: () =>
      z.object({
        items: z.array(
          z.object({
            name: z.string(),
            type: ArtifactTypeName,
            /** How many there are. */
            copies: z.int().positive(),
            /** Of all copies. */
            sizeBytes: z.int().nonnegative(),
            tokens: z.int().nonnegative(),
            /** Null when nothing was ever noted of it. */
            lastAt: EpochMs.nullable(),
          }),
        ),
        total: z.int().nonnegative(),
        sizeBytes: z.int().nonnegative(),
        /** False: transcripts are not counted, so that what agents use says nothing here. */
        transcripts: z.boolean(),
      }),
    errors: [],
  }),
  'analytics.count': defineMethod({
    summary: 'Count what the transcripts of Claude Code say was used since the last time.',
    kind: 'command',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        /** In which something new stood. */
        transcripts: z.int().nonnegative(),
        uses: z.int().nonnegative(),
      }),
    errors: ['analytics.not_allowed'],
  }),
  'analytics.clear': defineMethod({
    summary: 'Forget events, all of them with what they summed up to, or those of long ago.',
    kind: 'command',
    since: 1,
    params: () => z.object({ olderThanDays: z.int().min(0).max(36_500).optional() }),
    result: () => z.object({ removed: z.int().nonnegative() }),
    errors: [],
  }),
}
