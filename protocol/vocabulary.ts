/** Closed sets of words of the protocol; free of the validator, so that every client may import them. */

/** Kinds of artifacts (formats spec section 9, ecosystem spec section 2.1). */
export const artifactTypes = [
  'skill',
  'command',
  'agent',
  'hook',
  'mcp',
  'plugin',
  'rule',
  'output-style',
  'workflow',
  'memory',
] as const
export type ArtifactType = (typeof artifactTypes)[number]

/** Who an artifact is for: everybody on the machine (`managed`), the user, one project, one checkout (`local`), … */
export const artifactScopes = ['user', 'project', 'local', 'plugin', 'managed', 'collection'] as const
export type ArtifactScope = (typeof artifactScopes)[number]

/** `stale` means older than the time to live, not wrong; rows of an `error` or `missing` project are still served. */
export const projectStatuses = ['active', 'stale', 'error', 'missing'] as const
export type ProjectStatus = (typeof projectStatuses)[number]

/** What the daemon tells of as it happens; `events.ts` has the shape of each. */
export const eventTopics = [
  'refresh.started',
  'refresh.progress',
  'refresh.completed',
  'refresh.failed',
  'projects.changed',
  'artifacts.changed',
  'collections.changed',
  'deployments.changed',
  'jobs.changed',
  'health.changed',
] as const
export type Topic = (typeof eventTopics)[number]

/** First words of topics; one stands for all of its topics. */
export const eventTopicGroups = [
  'refresh',
  'projects',
  'artifacts',
  'collections',
  'deployments',
  'jobs',
  'health',
] as const
export type TopicGroup = (typeof eventTopicGroups)[number]

/**
 * What a token or a page in the browser may do, each one including those before it. `read`: look; `write`: refresh,
 * change settings and files; `admin`: end the daemon, let others in, replace everything by a backup.
 */
export const accessScopes = ['read', 'write', 'admin'] as const
export type AccessScope = (typeof accessScopes)[number]

/** Colours of groups that have a word; `#rrggbb` is one, too. */
export const groupColors = [
  'slate',
  'gray',
  'red',
  'orange',
  'amber',
  'yellow',
  'lime',
  'green',
  'emerald',
  'teal',
  'cyan',
  'sky',
  'blue',
  'indigo',
  'violet',
  'purple',
  'fuchsia',
  'pink',
  'rose',
] as const

/**
 * Which of several artifacts that are alike is kept. `used`: the one that is deployed most; `source`: one whose source is
 * followed; `newest`, `oldest`: by when it was added. Where that does not tell, the others do, in this order.
 */
export const keepRules = ['used', 'source', 'oldest', 'newest'] as const
export type KeepRule = (typeof keepRules)[number]

/**
 * What of an artifact's row `collections.refresh` brings in line with its files. `tags` adds those that the files name, and
 * only when it is asked for: tags are what people give.
 */
export const refreshFields = [
  'title',
  'description',
  'author',
  'license',
  'version',
  'dependencies',
  'tools',
  'extra',
  'origin_source',
  'tags',
] as const
export type RefreshField = (typeof refreshFields)[number]
