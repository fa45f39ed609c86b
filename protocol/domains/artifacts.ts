/** Artifacts: skills, commands, agents, hooks, MCP servers, plugins, rules, … of all scopes. */
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
  PageParams,
  ProjectId,
  ProjectRef,
  pageOf,
  StateReasonText,
} from '../primitives.ts'

export const Artifact = lazily(() =>
  z.object({
    id: ArtifactId,
    name: z.string(),
    type: ArtifactTypeName,
    scope: ArtifactScopeName,
    project: z.object({ id: ProjectId, name: z.string(), path: AbsolutePath }).nullable(),
    /** Its folder or file; for hooks and servers the file that holds them. */
    path: AbsolutePath,
    description: z.string().nullable(),
    /** Where it came from, e.g. `github:owner/repo/path@version`; null when nothing tells. */
    source: z.string().nullable(),
    deployedVersion: z.string().nullable(),
    upstreamVersion: z.string().nullable(),
    isOutdated: z.boolean(),
    localModified: z.boolean(),
    /** SHA-256 of its content (H1, formats spec section 5); null when it could not be computed. */
    hash: z.string().nullable(),
    tags: z.array(z.string()),
    sizeBytes: z.int().nonnegative(),
    /** Estimate of what a model loads. */
    tokens: z.int().nonnegative(),
    diagnostics: z.array(Diagnostic),
    /** Newest change of one of its files. */
    updatedAt: EpochMs,
  }),
)

/** Which artifacts; every part that is given must hold. */
export const ArtifactFilter = lazily(() =>
  z.object({
    project: ProjectRef.optional(),
    type: ArtifactTypeName.optional(),
    scope: ArtifactScopeName.optional(),
    tag: z.string().min(1).max(200).optional(),
    source: z.string().min(1).max(1000).optional(),
    outdated: z.boolean().optional(),
    modified: z.boolean().optional(),
  }),
)

/** Columns of `format: "rows"`, in this order. */
export const artifactColumns = [
  'id',
  'name',
  'type',
  'scope',
  'projectId',
  'source',
  'deployedVersion',
  'upstreamVersion',
  'isOutdated',
  'localModified',
  'sizeBytes',
  'tokens',
  'updatedAt',
] as const

export const artifactMethods = {
  'artifacts.list': defineMethod({
    summary: 'List artifacts, filtered and sorted.',
    kind: 'query',
    since: 1,
    params: () =>
      PageParams.extend(ArtifactFilter().shape).extend({
        sort: z.enum(['name', 'updated']).default('name'),
      }),
    result: () => pageOf(Artifact()),
    errors: ['page.bad_cursor', 'project.not_found', 'project.ambiguous'],
  }),
  'artifacts.table': defineMethod({
    summary: 'The main columns of many artifacts as compact rows, for tables that hold everything.',
    kind: 'query',
    since: 1,
    params: () => PageParams.extend(ArtifactFilter().shape),
    result: () =>
      z.object({
        columns: z.array(z.enum(artifactColumns)),
        rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
        total: z.int().nonnegative(),
        nextCursor: z.string().nullable(),
      }),
    errors: ['page.bad_cursor', 'project.not_found', 'project.ambiguous'],
  }),
  'artifacts.search': defineMethod({
    summary:
      'Search names, titles, descriptions, tags and sources; beginnings of words and misspelt words count.',
    kind: 'query',
    since: 1,
    params: () =>
      ArtifactFilter().extend({
        query: z.string().min(1).max(500),
        limit: z.int().min(1).max(200).default(50),
        offset: z.int().min(0).max(10_000).default(0),
        sort: z.enum(['relevance', 'name', 'type', 'updated']).default('relevance'),
      }),
    result: () =>
      z.object({
        items: z.array(Artifact().extend({ score: z.number() })),
        /** Exact up to a bound; beyond it at least this many (`totalIsExact` false). */
        total: z.int().nonnegative(),
        totalIsExact: z.boolean(),
        /** The words searched instead, when nothing matched the words as typed; null otherwise. */
        correctedQuery: z.string().nullable(),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'artifacts.complete': defineMethod({
    summary: 'Names that begin with some text, for completion and search as you type.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        prefix: z.string().max(200),
        type: ArtifactTypeName.optional(),
        limit: z.int().min(1).max(200).default(20),
      }),
    result: () => z.object({ items: z.array(z.string()) }),
    errors: [],
  }),
  'artifacts.get': defineMethod({
    summary: 'One artifact by its id; the quickest read.',
    kind: 'query',
    since: 1,
    params: () => z.object({ id: ArtifactId }),
    result: () => Artifact(),
    errors: ['artifact.not_found'],
  }),
  'artifacts.show': defineMethod({
    summary:
      'One artifact in full; when a name stands in several places, the one that is in effect and the others.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** Name or id. */
        name: z.string().min(1).max(1000),
        type: ArtifactTypeName.optional(),
        scope: ArtifactScopeName.optional(),
        project: ProjectRef.optional(),
      }),
    result: () =>
      Artifact().extend({
        title: z.string().nullable(),
        /** Agent whose folder it lies in, e.g. `claude-code`. */
        host: z.string(),
        /** Which part of the file, for hooks and servers; null otherwise. */
        fragment: z.string().nullable(),
        metadata: z.record(z.string(), z.unknown()),
        aliases: z.array(z.string()),
        /** Other copies of the same name and type, at most 100. */
        alsoIn: z.array(
          z.object({
            id: ArtifactId,
            scope: ArtifactScopeName,
            project: z.string().nullable(),
            path: AbsolutePath,
            /** Whether its content equals this one's. */
            same: z.boolean(),
          }),
        ),
        alsoInTotal: z.int().nonnegative(),
        /** How it stands to where it came from, as of the last check. */
        state: ArtifactStateName,
        stateReason: StateReasonText.nullable(),
        /** When its source last answered; null when it never did, or when there is none to ask. */
        upstreamCheckedAt: EpochMs.nullable(),
      }),
    errors: ['artifact.not_found', 'artifact.ambiguous', 'project.not_found', 'project.ambiguous'],
  }),
  'artifacts.where': defineMethod({
    summary: 'Every place an artifact of this name is in: projects, scopes, and which content each has.',
    kind: 'query',
    since: 1,
    params: () => PageParams.extend({ name: z.string().min(1).max(1000), type: ArtifactTypeName.optional() }),
    result: () =>
      pageOf(
        z.object({
          id: ArtifactId,
          name: z.string(),
          type: ArtifactTypeName,
          scope: ArtifactScopeName,
          host: z.string(),
          project: z.object({ id: ProjectId, name: z.string(), path: AbsolutePath }).nullable(),
          path: AbsolutePath,
          deployedVersion: z.string().nullable(),
          isOutdated: z.boolean(),
          localModified: z.boolean(),
          hash: z.string().nullable(),
          updatedAt: EpochMs,
        }),
      ).extend({
        /** How many different contents there are. */
        variants: z.int().nonnegative(),
      }),
    errors: ['artifact.not_found', 'page.bad_cursor'],
  }),
  'artifacts.validate': defineMethod({
    summary: 'Check a skill, an artifact file or everything below a folder against the rules of a host.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        path: AbsolutePath,
        profile: z.enum(['standard', 'portable', 'claude-code']).default('claude-code'),
      }),
    result: () =>
      z.object({
        items: z.array(
          z.object({
            path: AbsolutePath,
            type: ArtifactTypeName,
            ok: z.boolean(),
            findings: z.array(Diagnostic.extend({ line: z.int().nullable() })),
          }),
        ),
        total: z.int().nonnegative(),
        failed: z.int().nonnegative(),
      }),
    errors: ['validate.path_not_found'],
  }),
}
