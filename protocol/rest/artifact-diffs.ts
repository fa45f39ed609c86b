/** REST: how artifacts differ from their copies and sources (formats spec section 25). */
import { z } from 'zod'
import { SmdError } from '../errors.ts'
import type { ResultOf } from '../methods.ts'
import { MAX_PAGE } from '../primitives.ts'
import {
  heldIn,
  heldNamed,
  idIn,
  lookUpAny,
  lookUpErrors,
  lookUpId,
  uuidIn,
  type Which,
  whichCollection,
} from './held.ts'
import { defineRoute, ProjectParam, projectRefOf, type RestRoute, type Results } from './route.ts'

const diffQuery = () =>
  whichCollection().extend({
    summary_only: z.boolean().default(false).describe('Without `files`.'),
    include_unified_diff: z.boolean().default(true),
    file_paths: z.string().max(10_000).optional().describe('Only these, with commas between.'),
  })
type DiffQuery = z.output<ReturnType<typeof diffQuery>>

const Diff = () =>
  z.object({
    artifact_id: z.string(),
    has_changes: z.boolean(),
    files: z.array(
      z.object({
        file_path: z.string(),
        status: z.enum(['added', 'modified', 'deleted']),
        unified_diff: z.string().nullable().describe('Null for what is no text, and where it is not wanted.'),
      }),
    ),
    summary: z.object({ added: z.int(), modified: z.int(), deleted: z.int(), unchanged: z.int() }),
  })

type DiffFile = ResultOf<'artifacts.diff'>['files'][number]

const statuses = { added: 'added', changed: 'modified', removed: 'deleted' } as const

const range = (start: number, lines: number): string => (lines === 1 ? `${start}` : `${start},${lines}`)

/** As `diff -u` prints it. */
function unifiedDiff({ path, status, hunks }: DiffFile): string | null {
  if (hunks === null) return null
  const heads = [
    `--- ${status === 'added' ? '/dev/null' : `a/${path}`}`,
    `+++ ${status === 'removed' ? '/dev/null' : `b/${path}`}`,
  ]
  const lines = hunks.flatMap((hunk) => [
    `@@ -${range(hunk.leftStart, hunk.leftLines)} +${range(hunk.rightStart, hunk.rightLines)} @@`,
    ...hunk.lines,
  ])
  return `${[...heads, ...lines].join('\n')}\n`
}

function diffOf(
  { files, same }: ResultOf<'artifacts.diff'>,
  { path: { id = '' }, query }: { path: Readonly<Record<string, string>>; query: DiffQuery },
): z.input<ReturnType<typeof Diff>> {
  const only = query.file_paths?.split(',').map((path) => path.trim())
  const differing = files.filter(({ path }) => only === undefined || only.includes(path))
  const count = (wanted: DiffFile['status']) => differing.filter(({ status }) => status === wanted).length
  return {
    artifact_id: id,
    has_changes: differing.length > 0,
    files: query.summary_only
      ? []
      : differing.map((file) => ({
          file_path: file.path,
          status: statuses[file.status],
          unified_diff: query.include_unified_diff ? unifiedDiff(file) : null,
        })),
    summary: {
      added: count('added'),
      modified: count('changed'),
      deleted: count('removed'),
      unchanged: same,
    },
  }
}

/** The copy of an artifact in a project. Errors: those of `heldIn`; `sync.not_deployed`. */
function copyIn(found: Results, which: Which, project: string): string {
  const { name, type, collection } = heldIn(found, which)
  const copy = found['deployments.list']?.items.find(
    (each) => each.artifactId !== null && each.type === type && each.collection === collection,
  )
  if (!copy?.artifactId) throw new SmdError('sync.not_deployed', { artifact: name, project })
  return copy.artifactId
}

export const artifactDiffRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id/diff',
    id: 'diffArtifact',
    tag: 'Artifacts',
    summary: 'What differs between an artifact of a collection and its copy in a project.',
    rpc: 'artifacts.diff',
    query: () => diffQuery().extend({ project_path: ProjectParam }),
    errors: [...lookUpErrors, 'project.not_found', 'project.ambiguous', 'sync.not_deployed'],
    reply: Diff,
    before: (which) => ({
      ...lookUpId(which),
      'deployments.list': {
        ...heldNamed(which.path.id ?? ''),
        project: projectRefOf(which.query.project_path),
        limit: MAX_PAGE,
      },
    }),
    ask: (which, found) => ({
      id: uuidIn(found, which),
      against: copyIn(found, which, which.query.project_path),
    }),
    toReply: diffOf,
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id/upstream-diff',
    id: 'diffArtifactUpstream',
    tag: 'Artifacts',
    summary: 'What differs between an artifact and its source, as of the last check.',
    rpc: 'artifacts.diff',
    query: diffQuery,
    errors: lookUpErrors,
    reply: Diff,
    before: lookUpAny,
    ask: (which, found) => ({ id: idIn(found, which) }),
    toReply: diffOf,
  }),
]
