/** REST: the files of artifacts, and how they differ (formats spec section 25). */
import { z } from 'zod'
import { SmdError } from '../errors.ts'
import type { ResultOf } from '../methods.ts'
import { MAX_PAGE } from '../primitives.ts'
import {
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

type Item = ResultOf<'artifacts.files'>['items'][number]

type TreeNode = {
  name: string
  path: string
  type: 'file' | 'directory' | 'link'
  size: number
  children: TreeNode[] | null
}

const Node = z.object({
  name: z.string(),
  path: z.string(),
  type: z.enum(['file', 'directory', 'link']),
  size: z.int().describe('Bytes.'),
  children: z
    .array(z.record(z.string(), z.unknown()))
    .nullable()
    .describe('Of the same shape; null for what is no directory.'),
})

/** Folders come before what they hold. */
function treeOf(items: readonly Item[]): TreeNode[] {
  const top: TreeNode[] = []
  const folders = new Map<string, TreeNode>()
  for (const { path, kind, sizeBytes } of items) {
    const at = path.lastIndexOf('/')
    const node: TreeNode = {
      name: path.slice(at + 1),
      path,
      type: kind === 'folder' ? 'directory' : kind,
      size: sizeBytes,
      children: kind === 'folder' ? [] : null,
    }
    if (kind === 'folder') folders.set(path, node)
    const siblings = folders.get(path.slice(0, Math.max(at, 0)))?.children ?? top
    siblings.push(node)
  }
  return top
}

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

/** The copy of an artifact in a project. Errors: `sync.not_deployed`. */
function copyIn(found: Results, which: Which, project: string): string {
  const copy = found['deployments.list']?.items.find(({ artifactId }) => artifactId !== null)
  const { name } = heldNamed(which.path.id ?? '')
  if (!copy?.artifactId) throw new SmdError('sync.not_deployed', { artifact: name, project })
  return copy.artifactId
}

export const artifactFileRoutes: RestRoute[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id/files',
    id: 'listArtifactFiles',
    tag: 'Artifacts',
    summary:
      'The files of an artifact of a collection (`type:name`), or of any place (`art_…`), as they lie there now.',
    rpc: 'artifacts.files',
    query: whichCollection,
    errors: lookUpErrors,
    reply: () =>
      z.object({
        artifact_id: z.string(),
        files: z.array(Node),
        truncated: z.boolean().describe('There are more than are told.'),
      }),
    before: lookUpAny,
    ask: (which, found) => ({ id: idIn(found, which) }),
    toReply: ({ items, truncated }, { path: { id = '' } }) => ({
      artifact_id: id,
      files: treeOf(items),
      truncated,
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/artifacts/:id/files/:file*',
    id: 'getArtifactFile',
    tag: 'Artifacts',
    summary:
      'The content of one file of an artifact; of hooks and servers their part of it, without secrets.',
    rpc: 'artifacts.file',
    query: whichCollection,
    errors: lookUpErrors,
    reply: () =>
      z.object({
        artifact_id: z.string(),
        path: z.string(),
        content: z.string().nullable().describe('Null for a file that is no text.'),
        size: z.int().describe('Bytes.'),
        mime_type: z.string(),
        truncated: z.boolean().describe('Only its beginning is told.'),
      }),
    before: lookUpAny,
    ask: (which, found) => ({ id: idIn(found, which), path: which.path.file ?? '' }),
    toReply: ({ path, text, sizeBytes, mediaType, truncated }, { path: { id = '' } }) => ({
      artifact_id: id,
      path,
      content: text,
      size: sizeBytes,
      mime_type: mediaType,
      truncated,
    }),
  }),

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
