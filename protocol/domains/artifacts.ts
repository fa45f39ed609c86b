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
  DiffOptions,
  EpochMs,
  PageParams,
  ProjectId,
  ProjectRef,
  pageOf,
  Settled,
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

/** The finer filter of tables and their facets; every part that is given must hold. */
export const TableFilter = lazily(() =>
  ArtifactFilter().extend({
    /** Words as for `artifacts.search`. */
    query: z.string().min(1).max(500).optional(),
    /** Agent whose folder it lies in, e.g. `claude-code`. */
    host: z.string().min(1).max(100).optional(),
    state: ArtifactStateName.optional(),
    /** With diagnostics, or without. */
    problems: z.boolean().optional(),
  }),
)

/** One side of a comparison. */
const DiffSide = lazily(() =>
  z.object({
    /** For a heading: a path, or the name of the source. */
    label: z.string(),
    version: z.string().nullable(),
  }),
)

/** Values of one column with how many artifacts have each, most frequent first. */
const facetOf = <Value extends z.ZodType>(value: Value) =>
  z.array(z.object({ value, count: z.int().positive() }))

/** Orders of `artifacts.table`. */
export const tableOrders = [
  'relevance',
  'name',
  'type',
  'project',
  'state',
  'updated',
  'size',
  'tokens',
] as const

/** Columns of `artifacts.table`, in this order. */
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
  'projectName',
  'host',
  'state',
  'problems',
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
    params: () =>
      PageParams.extend(TableFilter().shape).extend({
        /** How many rows to leave out, for tables of which only a part is shown; not together with `cursor`. */
        offset: z.int().min(0).max(10_000_000).optional(),
        /** `name` when left out, `relevance` with a `query`. */
        sort: z.enum(tableOrders).optional(),
        descending: z.boolean().default(false),
      }),
    result: () =>
      z.object({
        columns: z.array(z.enum(artifactColumns)),
        rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
        total: z.int().nonnegative(),
        nextCursor: z.string().nullable(),
      }),
    errors: ['page.bad_cursor', 'project.not_found', 'project.ambiguous'],
  }),
  'artifacts.facets': defineMethod({
    summary: 'How many artifacts there are of each type, scope, state and agent, and what they weigh.',
    kind: 'query',
    since: 1,
    params: () => TableFilter(),
    result: () =>
      z.object({
        total: z.int().nonnegative(),
        sizeBytes: z.int().nonnegative(),
        tokens: z.int().nonnegative(),
        /** Each counted as if its own part of the filter were not given, so that the others can be chosen instead. */
        types: facetOf(ArtifactTypeName),
        scopes: facetOf(ArtifactScopeName),
        states: facetOf(ArtifactStateName),
        hosts: facetOf(z.string()),
        problems: z.int().nonnegative(),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'artifacts.matrix': defineMethod({
    summary: 'Which project has which artifact, in which state and with which content.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        type: ArtifactTypeName.optional(),
        /** Words as for `artifacts.search`. */
        query: z.string().min(1).max(500).optional(),
        /** Only names that stand in at least so many places. */
        atLeast: z.int().min(1).max(1000).default(1),
      }),
    result: () =>
      z.object({
        /** The user's own folders first (`id` null), then projects by name; only those that have something. */
        columns: z.array(z.object({ id: ProjectId.nullable(), name: z.string() })),
        /** What the numbers of cells stand for. */
        states: z.array(ArtifactStateName),
        /**
         * By name and type. `cells` has three numbers for each place: column, state, variant; variant 0 is the content
         * that most places have. A place that has the name twice is told once, by the one in effect.
         */
        rows: z.array(
          z.object({
            name: z.string(),
            type: ArtifactTypeName,
            /** How many different contents there are. */
            variants: z.int().positive(),
            cells: z.array(z.int().nonnegative()),
          }),
        ),
      }),
    errors: [],
  }),
  'artifacts.files': defineMethod({
    summary: 'The files of one artifact, as they lie on the disk now.',
    kind: 'query',
    since: 1,
    params: () => z.object({ id: ArtifactId }),
    result: () =>
      z.object({
        root: AbsolutePath,
        /** By path, folders before what they hold. */
        items: z.array(
          z.object({
            /** Relative to `root`, with `/`; for a single file its name. */
            path: z.string(),
            kind: z.enum(['file', 'folder', 'link']),
            sizeBytes: z.int().nonnegative(),
            modifiedAt: EpochMs,
          }),
        ),
        /** There are more than are told. */
        truncated: z.boolean(),
      }),
    errors: ['artifact.not_found', 'artifact.unreadable'],
  }),
  'artifacts.file': defineMethod({
    summary:
      'The content of one file of an artifact; for hooks and servers their part of the file, without secrets.',
    kind: 'query',
    since: 1,
    params: () => z.object({ id: ArtifactId, path: z.string().min(1).max(4096) }),
    result: () =>
      z.object({
        path: z.string(),
        sizeBytes: z.int().nonnegative(),
        /** E.g. `text/markdown`. */
        mediaType: z.string(),
        /** Null for a file that is no text. */
        text: z.string().nullable(),
        /** Only its beginning is told. */
        truncated: z.boolean(),
      }),
    errors: ['artifact.not_found', 'artifact.unreadable', 'artifact.no_such_file'],
  }),
  'artifacts.diff': defineMethod({
    summary: 'What differs between an artifact and its source, or another copy.',
    kind: 'query',
    since: 1,
    params: () =>
      DiffOptions.extend({
        id: ArtifactId,
        /** Another artifact; its source when left out. */
        against: ArtifactId.optional(),
      }),
    result: () =>
      z.object({
        left: DiffSide(),
        right: DiffSide(),
        /** Files that differ, by path. */
        files: z.array(
          z.object({
            path: z.string(),
            status: z.enum(['added', 'removed', 'changed']),
            /** Null for files that are no text, or too long; empty when only the permission to run differs. */
            hunks: z
              .array(
                z.object({
                  leftStart: z.int().nonnegative(),
                  leftLines: z.int().nonnegative(),
                  rightStart: z.int().nonnegative(),
                  rightLines: z.int().nonnegative(),
                  /** Each with its sign first: space, `-` or `+`; backslash for a missing line end. */
                  lines: z.array(z.string()),
                }),
              )
              .nullable(),
          }),
        ),
        same: z.int().nonnegative(),
      }),
    errors: ['artifact.not_found', 'artifact.unreadable', 'artifact.no_upstream_files'],
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
        settled: Settled,
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
