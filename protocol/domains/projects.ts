/** Projects: folders on this machine whose artifacts the daemon caches. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import {
  AbsolutePath,
  ArtifactId,
  ArtifactScopeName,
  ArtifactStateName,
  ArtifactTypeName,
  Diagnostic,
  EpochMs,
  Offset,
  PageParams,
  ProjectId,
  ProjectRef,
  ProjectStatusName,
  pageOf,
} from '../primitives.ts'

export const Project = lazily(() =>
  z.object({
    id: ProjectId,
    name: z.string().min(1),
    path: AbsolutePath,
    /** `stale` means older than the time to live, not wrong: its rows are still served. */
    status: ProjectStatusName,
    artifactCount: z.int().nonnegative(),
    /** Only types that occur. */
    countsByType: z.partialRecord(ArtifactTypeName, z.int().positive()),
    /** Last successful scan; null before the first one and after an invalidation. */
    lastFetchedAt: EpochMs.nullable(),
    errorMessage: z.string().nullable(),
    outdatedCount: z.int().nonnegative(),
    modifiedCount: z.int().nonnegative(),
    /** Artifacts with diagnostics. */
    problemCount: z.int().nonnegative(),
    /** Of all of its artifacts together. */
    sizeBytes: z.int().nonnegative(),
    tokens: z.int().nonnegative(),
    /** Newest change of one of its artifacts; null without artifacts. */
    updatedAt: EpochMs.nullable(),
  }),
)

export const projectMethods = {
  'projects.list': defineMethod({
    summary: 'List known projects by name.',
    kind: 'query',
    since: 1,
    params: () =>
      PageParams.extend({
        status: ProjectStatusName.optional(),
        /** How many rows to leave out first. */
        offset: Offset.default(0),
      }),
    result: () => pageOf(Project()),
    errors: ['page.bad_cursor'],
  }),
  'projects.show': defineMethod({
    summary: 'One project with how it was found and what is wrong in it.',
    kind: 'query',
    since: 1,
    params: () => z.object({ project: ProjectRef }),
    result: () =>
      Project().extend({
        /** How smd knows it: `claude`, `plugin`, `root`, `session`, `added`, `cwd`. */
        origins: z.array(z.string()),
        diagnostics: z.array(Diagnostic.extend({ path: z.string() })),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'projects.effective': defineMethod({
    summary:
      'What is in effect in a project: its own artifacts and those of the user, plugins and the machine, and which one wins where names clash.',
    kind: 'query',
    since: 1,
    params: () => z.object({ project: ProjectRef, type: ArtifactTypeName.optional() }),
    result: () =>
      z.object({
        /** By type, then name, the winner before those it hides. */
        items: z.array(
          z.object({
            id: ArtifactId,
            name: z.string(),
            type: ArtifactTypeName,
            scope: ArtifactScopeName,
            host: z.string(),
            path: AbsolutePath,
            description: z.string().nullable(),
            deployedVersion: z.string().nullable(),
            state: ArtifactStateName,
            problems: z.int().nonnegative(),
            tokens: z.int().nonnegative(),
            updatedAt: EpochMs,
            /** The one that is used instead of it, by the rules of its agent; null when it is in effect itself. */
            hiddenBy: ArtifactId.nullable(),
          }),
        ),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'projects.add': defineMethod({
    summary: 'Make a folder a known project, remember that in config.toml, and scan it.',
    kind: 'command',
    since: 1,
    params: () => z.object({ path: AbsolutePath }),
    result: () => z.object({ project: Project(), added: z.boolean() }),
    errors: [
      'project.not_a_folder',
      'project.unreadable',
      'project.not_found',
      'config.syntax',
      'config.locked',
    ],
  }),
  'projects.remove': defineMethod({
    summary:
      'Forget a project and, when discovery would find it again, remember that in config.toml. No file of it is touched.',
    kind: 'command',
    since: 1,
    params: () => z.object({ project: ProjectRef }),
    result: () => z.object({ id: ProjectId, path: AbsolutePath, removedArtifacts: z.int().nonnegative() }),
    errors: ['project.not_found', 'project.ambiguous', 'config.syntax', 'config.locked'],
  }),
}
