/** The sources of artifacts: what they hold now, and what is behind. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import {
  AbsolutePath,
  ArtifactId,
  ArtifactScopeName,
  ArtifactStateName,
  ArtifactTypeName,
  EpochMs,
  Offset,
  PageParams,
  ProjectId,
  ProjectRef,
  pageOf,
  StateReasonText,
} from '../primitives.ts'

/** Why a source did not answer the last time. */
const SourceFailure = lazily(() =>
  z.object({
    code: z.enum(['not_found', 'unauthorized', 'rate_limited', 'timeout', 'bad_answer', 'unsupported']),
    message: z.string(),
    /** When it is asked again. */
    retryAt: EpochMs,
  }),
)

export const upstreamMethods = {
  'artifacts.outdated': defineMethod({
    summary: 'Artifacts by how they stand to their source, as of the last check; asks nobody.',
    kind: 'query',
    since: 1,
    params: () =>
      PageParams.extend({
        project: ProjectRef.optional(),
        type: ArtifactTypeName.optional(),
        /** Exact, whatever the letter case. */
        names: z.array(z.string().min(1).max(1000)).max(200).optional(),
        states: z.array(ArtifactStateName).min(1).default(['outdated', 'diverged']),
        /** `difference`: by how large a step the upstream version is. */
        sort: z.enum(['name', 'type', 'project', 'state', 'checkedAt', 'difference']).default('name'),
        descending: z.boolean().default(false),
        /** How many rows to leave out first. */
        offset: Offset.default(0),
      }),
    result: () =>
      pageOf(
        z.object({
          id: ArtifactId,
          name: z.string(),
          type: ArtifactTypeName,
          scope: ArtifactScopeName,
          project: z.object({ id: ProjectId, name: z.string(), path: AbsolutePath }).nullable(),
          path: AbsolutePath,
          source: z.string().nullable(),
          deployedVersion: z.string().nullable(),
          upstreamVersion: z.string().nullable(),
          /** E.g. `patch version upgrade (0 -> 1)`; null when the versions say nothing. */
          difference: z.string().nullable(),
          state: ArtifactStateName,
          reason: StateReasonText.nullable(),
          /** When its source last answered; null when it never did, or when there is none to ask. */
          checkedAt: EpochMs.nullable(),
          failure: SourceFailure().nullable(),
        }),
      ).extend({
        /** How many there are of each state, whatever `states` asks for. What plugins hold counts as the plugin. */
        states: z.object({
          current: z.int().nonnegative(),
          outdated: z.int().nonnegative(),
          modified: z.int().nonnegative(),
          diverged: z.int().nonnegative(),
          untracked: z.int().nonnegative(),
          unknown: z.int().nonnegative(),
        }),
        /** Why so many are unknown, most frequent first. */
        unknown: z.array(StateReasonText.extend({ count: z.int().positive() })),
        /** When the source that was asked longest ago answered; null when one never did, or there are none. */
        oldestCheckAt: EpochMs.nullable(),
      }),
    errors: ['page.bad_cursor', 'project.not_found', 'project.ambiguous'],
  }),
  'upstream.sources': defineMethod({
    summary: 'The places artifacts come from, when each was asked and what it said.',
    kind: 'query',
    since: 1,
    params: () => PageParams,
    result: () =>
      pageOf(
        z.object({
          /** E.g. `github:owner/repo@main`. */
          name: z.string(),
          kind: z.enum(['github', 'git', 'path', 'npm', 'marketplace']),
          artifactCount: z.int().nonnegative(),
          version: z.string().nullable(),
          revision: z.string().nullable(),
          checkedAt: EpochMs.nullable(),
          /** When its answer was last another one. */
          changedAt: EpochMs.nullable(),
          failure: SourceFailure().nullable(),
        }),
      ),
    errors: ['page.bad_cursor'],
  }),
  'upstream.check': defineMethod({
    summary:
      'Ask the sources of artifacts what they hold now; those that were asked not long ago are left alone.',
    kind: 'command',
    since: 1,
    params: () =>
      z.object({
        /** Only sources of this project's artifacts. */
        project: ProjectRef.optional(),
        /** Also what was asked not long ago. */
        force: z.boolean().default(false),
        /** Answer at once. */
        background: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        /** Null when it goes on in the background. */
        result: z
          .object({
            /** Known places. */
            sources: z.int().nonnegative(),
            asked: z.int().nonnegative(),
            unchanged: z.int().nonnegative(),
            changed: z.int().nonnegative(),
            /** Not asked for want of a network. */
            offline: z.int().nonnegative(),
            requests: z.int().nonnegative(),
            /** Artifacts whose state or version is another one now. */
            artifactsChanged: z.int().nonnegative(),
            /** Outdated artifacts, afterwards. */
            outdated: z.int().nonnegative(),
            failed: z.array(
              z.object({ source: z.string(), code: z.string(), message: z.string(), retryAt: EpochMs }),
            ),
          })
          .nullable(),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
}
