/** REST: the files of artifacts (formats spec section 25). */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import {
  heldIn,
  idIn,
  lookUp,
  lookUpAny,
  lookUpErrors,
  lookUpId,
  uuidIn,
  type Which,
  whichCollection,
} from './held.ts'
import { defineRoute, type RestRoute, type Results } from './route.ts'

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

const MAX_FILE_BYTES = 1_000_000

const FileText = () =>
  z.object({
    content: z
      .string()
      .max(MAX_FILE_BYTES)
      .refine((text) => Buffer.byteLength(text) <= MAX_FILE_BYTES, {
        error: `it has more than ${MAX_FILE_BYTES} bytes`,
      })
      .describe(
        `At most ${MAX_FILE_BYTES} bytes as UTF-8; the whole request, with what JSON escapes, at most 1 MiB.`,
      ),
  })

const FileContent = () =>
  z.object({
    artifact_id: z.string(),
    path: z.string(),
    content: z.string().nullable().describe('Null for a file that is no text.'),
    size: z.int().describe('Bytes.'),
    mime_type: z.string(),
    truncated: z.boolean().describe('Only its beginning is told.'),
  })

const fileContentOf = (
  id: string,
  { path, text, sizeBytes, mediaType, truncated }: ResultOf<'artifacts.file'>,
): z.input<ReturnType<typeof FileContent>> => ({
  artifact_id: id,
  path,
  content: text,
  size: sizeBytes,
  mime_type: mediaType,
  truncated,
})

/** Which file of which artifact a path names. */
const fileIn = (found: Results, which: Which) => {
  const { name, type, collection } = heldIn(found, which)
  return { name, type, collection, file: which.path.file ?? '' }
}

/** A route that writes the text of a file and answers the file; `expect`: whether there is one before. */
const writing = (
  route: Pick<RestRoute, 'method' | 'id' | 'summary'> & { status?: 201 },
  expect: 'present' | 'new',
): RestRoute =>
  defineRoute({
    ...route,
    path: '/api/v1/artifacts/:id/files/:file*',
    tag: 'Artifacts',
    rpc: 'collections.edit',
    query: whichCollection,
    errors: lookUpErrors,
    body: FileText,
    reply: FileContent,
    before: lookUpId,
    ask: ({ body: { content }, ...which }, found) => ({ ...fileIn(found, which), content, expect }),
    beside: (which, found) => ({
      'artifacts.file': { id: uuidIn(found, which), path: which.path.file ?? '' },
    }),
    toReply: (_, { path: { id = '' } }, { beside }) =>
      fileContentOf(id, beside['artifacts.file'] as ResultOf<'artifacts.file'>),
  })

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
    reply: FileContent,
    before: lookUpAny,
    ask: (which, found) => ({ id: idIn(found, which), path: which.path.file ?? '' }),
    toReply: (file, { path: { id = '' } }) => fileContentOf(id, file),
  }),

  writing(
    {
      method: 'PUT',
      id: 'replaceArtifactFile',
      summary: 'Replaces a text file of an artifact of a collection; what was there is in a snapshot first.',
    },
    'present',
  ),

  writing(
    {
      method: 'POST',
      id: 'createArtifactFile',
      summary: 'Adds a text file to an artifact of a collection.',
      status: 201,
    },
    'new',
  ),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/artifacts/:id/files/:file*',
    id: 'deleteArtifactFile',
    tag: 'Artifacts',
    summary: 'Removes a file of an artifact of a collection; it is in a snapshot first.',
    rpc: 'collections.edit',
    status: 204,
    query: whichCollection,
    errors: lookUpErrors,
    reply: null,
    before: lookUp,
    ask: (which, found) => ({ ...fileIn(found, which), content: null }),
    toReply: () => null,
  }),
]
