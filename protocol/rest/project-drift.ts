/** REST: how projects stand to their collections, and what is deployed to them (formats spec sections 12 and 25). */
import { z } from 'zod'
import type { ResultOf } from '../methods.ts'
import { Done, doneOf, takenWords } from './deployments.ts'
import {
  CollectionParam,
  collectionIn,
  defineRoute,
  iso,
  projectRefOf,
  type RestRoute,
  Time,
} from './route.ts'

type Check = ResultOf<'sync.check'>
type Item = Check['items'][number]
type Drift = Item['drift']

const askFor = ({ path: { id = '' } }: { path: Readonly<Record<string, string>> }) => ({
  project: projectRefOf(id),
})

/** What somebody deployed; the others are told of by the summary. */
const isDeployed = ({ drift }: Item): boolean => drift !== 'added' && drift !== 'untracked'
const isModified = ({ drift }: Item): boolean => drift === 'modified' || drift === 'conflict'
const changeOrigin = (item: Item): string | null => (isModified(item) ? 'local_modification' : null)

const Modification = z.object({
  artifact_name: z.string(),
  artifact_type: z.string(),
  deployed_sha: z.string().nullable(),
  current_sha: z.string().nullable(),
  is_modified: z.boolean(),
  change_origin: z.string().nullable().describe('`local_modification`; null: it was not changed here.'),
  baseline_hash: z.string().nullable(),
})

const modificationOf = (item: Item): z.input<typeof Modification> => ({
  artifact_name: item.name,
  artifact_type: item.type,
  deployed_sha: item.baseHash,
  current_sha: item.projectHash,
  is_modified: isModified(item),
  change_origin: changeOrigin(item),
  baseline_hash: item.baseHash,
})

const DriftDetail = z.object({
  artifact_name: z.string(),
  artifact_type: z.string(),
  drift_type: z.string(),
  collection_name: z.string().nullable().describe('Null for what no collection has.'),
  collection_sha: z.string().nullable(),
  project_sha: z.string().nullable(),
  recommendation: z.string(),
  change_origin: z.string().nullable(),
  baseline_hash: z.string().nullable(),
  current_hash: z.string().nullable(),
})

const detailOf = (item: Item): z.input<typeof DriftDetail> => ({
  artifact_name: item.name,
  artifact_type: item.type,
  drift_type: item.drift,
  collection_name: item.collection === '' ? null : item.collection,
  collection_sha: item.collectionHash,
  project_sha: item.projectHash,
  recommendation: item.recommendation,
  change_origin: changeOrigin(item),
  baseline_hash: item.baseHash,
  current_hash: item.projectHash,
})

/** Not in step, or not to be told whether it is. */
const inStep: readonly Drift[] = ['none', 'untracked']

export const projectDriftRoutes: RestRoute[] = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/projects/:id/check-modifications',
    id: 'checkModifications',
    tag: 'Projects',
    summary: 'Compares what was deployed to a project with its files as they are now.',
    rpc: 'sync.check',
    reply: () =>
      z.object({
        project_id: z.string(),
        checked_at: Time,
        modifications_detected: z.int(),
        deployments: z.array(Modification),
      }),
    ask: askFor,
    toReply: ({ project, items, checkedAt }, { path: { id = '' } }) => ({
      project_id: project.id ?? id,
      checked_at: iso(checkedAt),
      modifications_detected: items.filter(isModified).length,
      deployments: items.filter(isDeployed).map(modificationOf),
    }),
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/projects/:id/modified-artifacts',
    id: 'listModifiedArtifacts',
    tag: 'Projects',
    summary: 'What was edited in a project since it was deployed.',
    rpc: 'sync.check',
    reply: () =>
      z.object({
        project_id: z.string(),
        modified_artifacts: z.array(Modification),
        total_count: z.int(),
        last_checked: Time,
      }),
    ask: askFor,
    toReply({ project, items, checkedAt }, { path: { id = '' } }) {
      const modified = items.filter(isModified).map(modificationOf)
      return {
        project_id: project.id ?? id,
        modified_artifacts: modified,
        total_count: modified.length,
        last_checked: iso(checkedAt),
      }
    },
  }),

  defineRoute({
    method: 'GET',
    path: '/api/v1/projects/:id/drift/summary',
    id: 'getDriftSummary',
    tag: 'Projects',
    summary: 'How what a project has from collections stands to them, as files say now.',
    rpc: 'sync.check',
    query: () => z.object({ collection_name: CollectionParam.describe('Default: all of them.') }),
    reply: () =>
      z.object({
        project_path: z.string(),
        collection_name: z.string().nullable().describe('As asked for.'),
        total_artifacts: z.int().describe('That are deployed.'),
        drifted_count: z.int(),
        modified_count: z.int(),
        outdated_count: z.int(),
        conflict_count: z.int(),
        added_count: z.int(),
        removed_count: z.int(),
        missing_count: z.int(),
        version_mismatch_count: z.int(),
        upstream_changes: z.int().describe('Changed in the collection alone.'),
        local_changes: z.int().describe('Changed in the project alone.'),
        conflicts: z.int(),
        total: z.int().describe('How many are in `drift_details`.'),
        drift_details: z.array(DriftDetail),
        checked_at: Time,
      }),
    ask: ({ query: { collection_name }, ...input }) => ({
      ...askFor(input),
      ...collectionIn(collection_name),
    }),
    toReply({ project, items, counts, checkedAt }, { query: { collection_name } }) {
      const drifted = items.filter(({ drift }) => !inStep.includes(drift))
      return {
        project_path: project.path,
        collection_name: collection_name ?? null,
        total_artifacts: items.filter(isDeployed).length,
        drifted_count: drifted.length,
        modified_count: counts.modified,
        outdated_count: counts.outdated,
        conflict_count: counts.conflict,
        added_count: counts.added,
        removed_count: counts.removed,
        missing_count: counts.missing,
        version_mismatch_count: counts.version_mismatch,
        upstream_changes: counts.outdated + counts.removed,
        local_changes: counts.modified + counts.missing,
        conflicts: counts.conflict,
        total: drifted.length,
        drift_details: drifted.map(detailOf),
        checked_at: iso(checkedAt),
      }
    },
  }),

  defineRoute({
    method: 'DELETE',
    path: '/api/v1/projects/:id/deployments/:name',
    id: 'removeDeployment',
    tag: 'Projects',
    summary: 'Takes a deployed artifact away from a project, with its record. Its files are kept for undo.',
    rpc: 'deployments.undeploy',
    query: () =>
      z.object({
        artifact_type: z.string().min(1).max(30),
        collection_name: CollectionParam,
      }),
    reply: () => Done.extend({ files_removed: z.boolean() }),
    ask: ({ path: { id = '', name = '' }, query: { artifact_type: type, collection_name } }) => ({
      ...collectionIn(collection_name),
      artifacts: [{ name, type }],
      projects: [projectRefOf(id)],
    }),
    toReply(result, { path: { id = '', name = '' }, query: { artifact_type } }) {
      const target = { artifact_name: name, artifact_type, project_path: id }
      const done = doneOf(result, target, takenWords)
      const isGone = result.projects.some(({ items }) => items.some(({ action }) => action === 'remove'))
      return { ...done, files_removed: done.success && isGone }
    },
  }),
]
