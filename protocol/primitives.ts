/** Building blocks of the method shapes. */
import { z } from 'zod'
import { artifactStates, type StateReason, stateReasons } from './artifact-states.ts'
import { artifactScopes, artifactTypes, projectStatuses } from './vocabulary.ts'

/** Stable across rebuilds of the cache: derived from the folder's real path. */
export const ProjectId = z.string().regex(/^prj_[0-9a-f]{16}$/)
/** Stable across rebuilds of the cache: derived from the unit, scope, type and path of the artifact. */
export const ArtifactId = z.string().regex(/^art_[0-9a-f]{16}$/)
/** Unix time in milliseconds. */
export const EpochMs = z.number().nonnegative()
export const DurationMs = z.number().nonnegative()
export const AbsolutePath = z.string().min(1)
export const ArtifactTypeName = z.enum(artifactTypes)
export const ArtifactScopeName = z.enum(artifactScopes)
export const ProjectStatusName = z.enum(projectStatuses)
/** A project as users name it: its id, its path, or its folder's name when only one project has it. */
export const ProjectRef = z.string().min(1).max(4096)
/** Opaque; null on the last page. */
export const Cursor = z.string().max(2048)

/** How many rows a page may have at most. */
export const MAX_PAGE = 10_000

export const PageParams = z.object({
  /** How many rows at most. */
  limit: z.int().min(1).max(MAX_PAGE).default(100),
  /** `nextCursor` of the page before. */
  cursor: Cursor.optional(),
})

/** Rows to leave out at the beginning of a page, for lists that are paged by numbers. */
export const Offset = z.int().min(0).max(10_000_000)

/** A page of `items`; `total` counts all rows that match, whatever the page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), total: z.int().nonnegative(), nextCursor: Cursor.nullable() })

export const Diagnostic = z.object({
  /** Stable, e.g. `frontmatter.unknown_key`. */
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
})

/** How an artifact stands to where it came from. */
export const ArtifactStateName = z.enum(artifactStates)

/** Why a state is unknown, or what it leaves open. */
export const StateReasonText = z.object({
  /** Stable, e.g. `never_checked`. */
  code: z.enum(Object.keys(stateReasons) as [StateReason, ...StateReason[]]),
  message: z.string(),
})

/**
 * Whether the words are as somebody wants them; false while they are being typed. Settled searches are noted for the user's own
 * analytics, the same words once a minute.
 */
export const Settled = z.boolean().default(true)

/** How a comparison is made and told. */
export const DiffOptions = z.object({
  /** Unchanged lines around a change. */
  context: z.int().min(0).max(100_000).default(3),
  /**
   * Files and folders that do not count: `*`, `?`, `**` and `[abc]` stand for parts. A pattern without `/` is for names at any
   * depth, any other for the whole path.
   */
  ignore: z.array(z.string().min(1).max(1000)).max(100).default([]),
})
