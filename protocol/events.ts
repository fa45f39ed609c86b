/** What the daemon tells as it happens: one topic each, with the shape of its data. */
import { z } from 'zod'
import { RefreshProgress } from './domains/cache.ts'
import { lazily } from './method.ts'
import { AbsolutePath, ArtifactId, ArtifactTypeName, DurationMs, EpochMs, ProjectId } from './primitives.ts'
import { eventTopics, projectStatuses, type Topic } from './vocabulary.ts'

export type TopicSpec<Data extends z.ZodType = z.ZodType> = {
  /** One sentence, for the reference. */
  readonly summary: string
  /** Protocol version that introduced it. */
  readonly since: number
  /** Kept in cache.db beside the change it tells of, for the history. */
  readonly durable: boolean
  readonly data: Data
}

function defineTopic<Data extends z.ZodType>({
  data,
  ...rest
}: Omit<TopicSpec<Data>, 'data'> & { data: () => Data }): TopicSpec<Data> {
  const lazyData = lazily(data)
  return {
    ...rest,
    get data() {
      return lazyData()
    },
  }
}

const Named = lazily(() => z.array(z.object({ id: ArtifactId, name: z.string(), type: ArtifactTypeName })))
/** The state of the daemon and what it warns of, without the sentences; those are in `daemon.status`. */
export const HealthSummary = lazily(() =>
  z.object({
    state: z.enum(['ok', 'degraded', 'failing']),
    /** Codes of all warnings there are now, worst first. */
    warnings: z.array(z.string()),
  }),
)

const Project = lazily(() => z.object({ id: ProjectId, name: z.string(), path: AbsolutePath }))

export const topics = {
  'refresh.started': defineTopic({
    summary: 'A refresh begins to read the disk.',
    since: 1,
    durable: false,
    data: () =>
      z.object({
        /** Empty while projects are still being looked for, and for a refresh of everything. */
        projectIds: z.array(ProjectId),
        full: z.boolean(),
      }),
  }),
  'refresh.progress': defineTopic({
    summary: 'How far the running refresh is; at most ten times a second.',
    since: 1,
    durable: false,
    data: () => RefreshProgress(),
  }),
  'refresh.completed': defineTopic({
    summary: 'A refresh has ended, with or without projects that failed.',
    since: 1,
    durable: false,
    data: () =>
      z.object({
        /** The one project that was read; null for several. */
        projectId: ProjectId.nullable(),
        success: z.boolean(),
        projectsRefreshed: z.int().nonnegative(),
        changesDetected: z.int().nonnegative(),
        durationMs: DurationMs,
      }),
  }),
  'refresh.failed': defineTopic({
    summary: 'One project, or the refresh as a whole, could not be read; old rows are served on.',
    since: 1,
    durable: false,
    data: () =>
      z.object({
        /** Null when it concerns no single project. */
        projectId: ProjectId.nullable(),
        path: z.string(),
        error: z.string(),
        /** When it is tried again by itself; null when it is not. */
        retryAt: EpochMs.nullable(),
      }),
  }),
  'projects.changed': defineTopic({
    summary: 'A project was found, forgotten, or has another status.',
    since: 1,
    durable: true,
    data: () =>
      Project().extend({
        change: z.enum(['added', 'changed', 'removed']),
        status: z.enum(projectStatuses),
      }),
  }),
  'artifacts.changed': defineTopic({
    summary: 'Artifacts of one project, plugin, collection or of the user were added, changed or removed.',
    since: 1,
    durable: true,
    data: () =>
      z.object({
        /** Null for what belongs to no project. */
        project: Project().nullable(),
        /** Folder that was read, e.g. of the project or the plugin. */
        path: AbsolutePath,
        counts: z.object({
          added: z.int().nonnegative(),
          changed: z.int().nonnegative(),
          removed: z.int().nonnegative(),
        }),
        /** The first of each kind, at most 100. */
        added: Named(),
        changed: Named(),
        removed: Named(),
      }),
  }),
  'collections.changed': defineTopic({
    summary: 'The manifest or the content of a collection has changed.',
    since: 1,
    durable: true,
    data: () => z.object({ name: z.string(), path: AbsolutePath }),
  }),
  'deployments.changed': defineTopic({
    summary:
      'Records of what was deployed, or what lies at their places, are other than before, whoever changed them.',
    since: 1,
    durable: false,
    data: () =>
      z.object({
        /** Null for what is deployed for all projects. */
        project: Project().nullable(),
        /** Folder that was read: of the project, or of the user. */
        path: AbsolutePath,
        counts: z.object({
          added: z.int().nonnegative(),
          changed: z.int().nonnegative(),
          removed: z.int().nonnegative(),
        }),
      }),
  }),
  'jobs.changed': defineTopic({
    summary: 'A scheduled job was started, has ended, was paused or resumed.',
    since: 1,
    durable: false,
    data: () =>
      z.object({
        name: z.string(),
        state: z.enum(['idle', 'running', 'paused']),
        /** Of the last run; null before it. */
        outcome: z.enum(['success', 'failure', 'timeout', 'interrupted']).nullable(),
        nextAt: EpochMs.nullable(),
      }),
  }),
  'health.changed': defineTopic({
    summary: 'A warning was raised or is over.',
    since: 1,
    durable: false,
    data: () => HealthSummary(),
  }),
} satisfies Record<Topic, TopicSpec>

export type TopicData<Name extends Topic> = z.output<(typeof topics)[Name]['data']>

/** One event, of whatever topic. */
export type AnyEvent = { [Name in Topic]: { topic: Name; data: TopicData<Name> } }[Topic]

/** An event of some topics with members beside `topic` and `data`, as a schema. */
export function eventWith<Members extends z.ZodRawShape>(
  members: Members,
  names: readonly Topic[] = eventTopics,
): z.ZodType<AnyEvent & z.output<z.ZodObject<Members>>> {
  const shapes = names.map((topic) =>
    z.object({ ...members, topic: z.literal(topic), data: topics[topic].data }),
  )
  return z.union(shapes) as unknown as ReturnType<typeof eventWith<Members>>
}
