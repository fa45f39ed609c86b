/**
 * Every setting of smd, as data and free of the validator: `config.toml`, the environment, `smd config` and the
 * reference page are all read from this table.
 *
 * A setting's name is its dotted key in `config.toml`. Precedence: environment, then file, then default; within the
 * file an alias wins over the key itself (formats spec section 2: `cache.cache-ttl` before `cache.ttl_minutes`).
 */

type Common = {
  /** What the setting does, one sentence. */
  describe: string
  /** Whether a running daemon follows a change or has to be restarted. */
  applies: 'at once' | 'restart'
  /** Environment variable that overrides the file; null when there is none. Empty counts as unset. */
  env: string | null
  /** Other names, accepted in the file and on the command line. */
  aliases?: readonly string[]
}

/** One row of the table of settings. */
export type SettingSpec = Common &
  (
    | { type: 'integer' | 'number'; default: number; min: number; max: number; numericText?: true }
    | { type: 'boolean'; default: boolean }
    /** `path`: must be absolute or begin with `~/`, because a daemon has no meaningful current folder. */
    | { type: 'string'; default: string | null; path?: true }
    | { type: 'string[]'; default: readonly string[]; path?: true }
    | { type: 'enum'; default: string; choices: readonly string[] }
    /** Free content, checked by its consumer and changed only in the file itself. */
    | { type: 'table'; default: Readonly<Record<string, unknown>> }
  )

export const settings = {
  'cache.enabled': {
    type: 'boolean',
    default: true,
    env: 'FEATURE_CACHE_ENABLED',
    applies: 'at once',
    describe: 'Answer from the cache; when off, every answer is a fresh read of the disk.',
  },
  'cache.ttl_minutes': {
    type: 'integer',
    default: 360,
    min: 1,
    max: 525_600,
    numericText: true,
    env: 'SMD_CACHE_TTL_MINUTES',
    applies: 'at once',
    aliases: ['cache.cache-ttl', 'cache-ttl'],
    describe: 'Minutes after which a project counts as stale and is read again.',
  },
  'cache.path': {
    type: 'string',
    default: null,
    path: true,
    env: 'SMD_CACHE_PATH',
    applies: 'restart',
    aliases: ['cache.cache_path'],
    describe: 'File of the cache; unset means cache.db in the data folder.',
  },
  'cache.max_size_mb': {
    type: 'integer',
    default: 500,
    min: 10,
    max: 1_048_576,
    env: 'SMD_CACHE_MAX_SIZE_MB',
    applies: 'at once',
    aliases: ['cache.max_cache_size_mb'],
    describe: 'Size in MB (10^6 bytes) that the cache file should not exceed.',
  },
  'cache.cleanup_retention_days': {
    type: 'integer',
    default: 30,
    min: 0,
    max: 36_500,
    env: 'SMD_CACHE_CLEANUP_RETENTION_DAYS',
    applies: 'at once',
    describe: 'Days that the rows of a vanished project are kept; 0 keeps them for ever.',
  },
  'cache.enable_background_refresh': {
    type: 'boolean',
    default: true,
    env: 'SMD_CACHE_ENABLE_BACKGROUND_REFRESH',
    applies: 'at once',
    describe: 'Read stale projects again by a schedule, whether anybody asks or not.',
  },
  'cache.refresh_interval_hours': {
    type: 'number',
    default: 6,
    min: 0.05,
    max: 8_760,
    numericText: true,
    env: 'SMD_CACHE_REFRESH_INTERVAL_HOURS',
    applies: 'at once',
    describe: 'Hours from one scheduled refresh to the next.',
  },
  'cache.project_refresh_intervals': {
    type: 'table',
    default: {},
    env: null,
    applies: 'at once',
    describe:
      'Minutes after which single projects are read again, instead of cache.ttl_minutes, by path, id or name.',
  },
  'discovery.roots': {
    type: 'string[]',
    default: [],
    path: true,
    env: 'SMD_DISCOVERY_ROOTS',
    applies: 'at once',
    describe: 'Folders below which projects are looked for; empty means the home folder.',
  },
  'discovery.max_depth': {
    type: 'integer',
    default: 6,
    min: 0,
    max: 64,
    env: 'SMD_DISCOVERY_MAX_DEPTH',
    applies: 'at once',
    describe: 'How many levels below a root projects are looked for.',
  },
  'discovery.max_directories': {
    type: 'integer',
    default: 100_000,
    min: 1,
    max: 100_000_000,
    env: 'SMD_DISCOVERY_MAX_DIRECTORIES',
    applies: 'at once',
    describe: 'How many folders one search for projects visits at most.',
  },
  'discovery.skip': {
    type: 'string[]',
    default: [],
    env: 'SMD_DISCOVERY_SKIP',
    applies: 'at once',
    describe: 'Names of folders the search does not enter, beside those it always skips.',
  },
  'discovery.interval_minutes': {
    type: 'integer',
    default: 60,
    min: 1,
    max: 525_600,
    env: 'SMD_DISCOVERY_INTERVAL_MINUTES',
    applies: 'at once',
    describe: 'Minutes from one search for new projects to the next.',
  },
  'projects.include': {
    type: 'string[]',
    default: [],
    path: true,
    env: 'SMD_PROJECTS_INCLUDE',
    applies: 'at once',
    describe: 'Projects that are always known, wherever they lie.',
  },
  'projects.exclude': {
    type: 'string[]',
    default: [],
    path: true,
    env: 'SMD_PROJECTS_EXCLUDE',
    applies: 'at once',
    describe: 'Projects that are never scanned, even when they are found.',
  },
  'scan.workers': {
    type: 'integer',
    default: 0,
    min: 0,
    max: 8,
    env: 'SMD_SCAN_WORKERS',
    applies: 'restart',
    describe: 'Worker threads that read projects; 0 chooses by the number of processors.',
  },
  'scan.max_main_file_mb': {
    type: 'number',
    default: 1,
    min: 0.01,
    max: 256,
    env: 'SMD_SCAN_MAX_MAIN_FILE_MB',
    applies: 'at once',
    describe: 'Size in MB (10^6 bytes) beyond which only the frontmatter of a SKILL.md or its like is read.',
  },
  'scan.max_artifact_mb': {
    type: 'number',
    default: 256,
    min: 0.01,
    max: 1_048_576,
    env: 'SMD_SCAN_MAX_ARTIFACT_MB',
    applies: 'at once',
    describe: 'Size in MB (10^6 bytes) beyond which an artifact gets no hash.',
  },
  'scan.max_artifact_files': {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 10_000_000,
    env: 'SMD_SCAN_MAX_ARTIFACT_FILES',
    applies: 'at once',
    describe: 'Number of files beyond which an artifact gets no hash.',
  },
  'upstream.interval_minutes': {
    type: 'integer',
    default: 360,
    min: 1,
    max: 525_600,
    env: 'SMD_UPSTREAM_INTERVAL_MINUTES',
    applies: 'at once',
    describe: 'Minutes after which the sources of artifacts are asked again for newer versions.',
  },
  'marketplaces.interval_minutes': {
    type: 'integer',
    default: 1_440,
    min: 1,
    max: 525_600,
    env: 'SMD_MARKETPLACES_INTERVAL_MINUTES',
    applies: 'at once',
    describe: 'Minutes after which the marketplaces of installed plugins are asked again.',
  },
  'web.enabled': {
    type: 'boolean',
    default: true,
    env: 'SMD_WEB_ENABLED',
    applies: 'restart',
    describe: 'Serve the page and the HTTP interface, on this machine only.',
  },
  'web.port': {
    type: 'integer',
    default: 7463,
    min: 0,
    max: 65_535,
    env: 'SMD_WEB_PORT',
    applies: 'restart',
    describe: 'Port of the page; when it is taken, one of the next ones; 0 takes any that is free.',
  },
  'web.base_path': {
    type: 'string',
    default: '/',
    env: 'SMD_WEB_BASE_PATH',
    applies: 'restart',
    describe: 'Path below which the page lies when a proxy on this machine serves it, such as /smd.',
  },
  'web.session_days': {
    type: 'integer',
    default: 30,
    min: 1,
    max: 365,
    env: 'SMD_WEB_SESSION_DAYS',
    applies: 'at once',
    describe: 'Days after which a browser that was not used has to be signed in again.',
  },
  'watch.mode': {
    type: 'enum',
    default: 'auto',
    choices: ['auto', 'scan', 'off'],
    env: 'SMD_WATCH_MODE',
    applies: 'at once',
    describe:
      'How changes of files are noticed: told by the system where it can; by looking every watch.scan_interval_seconds; or not at all.',
  },
  'watch.settle_ms': {
    type: 'integer',
    default: 20,
    min: 0,
    max: 60_000,
    env: 'SMD_WATCH_SETTLE_MS',
    applies: 'at once',
    describe: 'Milliseconds without a further change after which a changed project is read again.',
  },
  'watch.max_settle_ms': {
    type: 'integer',
    default: 2_000,
    min: 0,
    max: 600_000,
    env: 'SMD_WATCH_MAX_SETTLE_MS',
    applies: 'at once',
    describe:
      'Milliseconds after the first change at which a project is read again although it still changes.',
  },
  'watch.scan_interval_seconds': {
    type: 'integer',
    default: 30,
    min: 1,
    max: 86_400,
    env: 'SMD_WATCH_SCAN_INTERVAL_SECONDS',
    applies: 'at once',
    describe: 'Seconds between two looks at projects whose changes the system does not tell.',
  },
  'watch.max_folders': {
    type: 'integer',
    default: 0,
    min: 0,
    max: 10_000_000,
    env: 'SMD_WATCH_MAX_FOLDERS',
    applies: 'at once',
    describe: 'Folders watched at most; 0 means half of what the system grants one user.',
  },
  'watch.discovery_folders': {
    type: 'integer',
    default: 2_000,
    min: 0,
    max: 1_000_000,
    env: 'SMD_WATCH_DISCOVERY_FOLDERS',
    applies: 'at once',
    describe: 'Folders watched at most for new projects that appear in them.',
  },
  'daemon.idle_exit_minutes': {
    type: 'integer',
    default: 240,
    min: 0,
    max: 525_600,
    env: 'SMD_DAEMON_IDLE_EXIT_MINUTES',
    applies: 'at once',
    describe:
      'Minutes without any use after which a daemon that a command started ends itself; 0 keeps it running.',
  },
  'analytics.enabled': {
    type: 'boolean',
    default: true,
    env: 'SMD_ANALYTICS_ENABLED',
    applies: 'at once',
    describe:
      'Note on this machine what is deployed, updated, removed and found, for smd analytics; nobody else is told.',
  },
  'analytics.retention_days': {
    type: 'integer',
    default: 90,
    min: 0,
    max: 36_500,
    env: 'SMD_ANALYTICS_RETENTION_DAYS',
    applies: 'at once',
    aliases: ['analytics.retention-days'],
    describe: 'Days that single events are kept, 0 for ever; what they sum up to stays.',
  },
  'analytics.transcripts': {
    type: 'boolean',
    default: false,
    env: 'SMD_ANALYTICS_TRANSCRIPTS',
    applies: 'at once',
    describe:
      'Count in the transcripts of Claude Code how often skills, agents and servers are used; only names, counts and times are kept.',
  },
  'jobs.paused': {
    type: 'string[]',
    default: [],
    env: 'SMD_JOBS_PAUSED',
    applies: 'at once',
    describe: 'Jobs that run by hand only; see smd jobs.',
  },
  'jobs.retention_days': {
    type: 'integer',
    default: 30,
    min: 0,
    max: 36_500,
    env: 'SMD_JOBS_RETENTION_DAYS',
    applies: 'at once',
    describe: 'Days that runs of jobs are kept; 0 keeps them for ever.',
  },
  'events.retention_days': {
    type: 'integer',
    default: 7,
    min: 0,
    max: 36_500,
    env: 'SMD_EVENTS_RETENTION_DAYS',
    applies: 'at once',
    describe: 'Days that the history of projects and artifacts is kept; 0 keeps it for ever.',
  },
  'maintenance.budget_ms': {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 3_600_000,
    env: 'SMD_MAINTENANCE_BUDGET_MS',
    applies: 'at once',
    describe:
      'Milliseconds that the daily maintenance of the cache may take; the rest is left for the next day.',
  },
  'log.slow_query_ms': {
    type: 'number',
    default: 50,
    min: 0.001,
    max: 3_600_000,
    env: 'SMD_LOG_SLOW_QUERY_MS',
    applies: 'at once',
    describe: 'Milliseconds beyond which a query of the cache is counted as slow and logged.',
  },
  'net.offline': {
    type: 'boolean',
    default: false,
    env: 'SMD_OFFLINE',
    applies: 'at once',
    describe: 'Ask nobody outside of this machine; what is known keeps its age.',
  },
  'net.timeout_seconds': {
    type: 'number',
    default: 30,
    min: 0.1,
    max: 600,
    env: 'SMD_NET_TIMEOUT_SECONDS',
    applies: 'at once',
    describe: 'Longest silence of another machine, in seconds; a whole answer may take four times as long.',
  },
  'log.level': {
    type: 'enum',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
    env: 'SMD_LOG_LEVEL',
    applies: 'at once',
    describe: 'Least severity that is written to the log.',
  },
  agents: {
    type: 'table',
    default: {},
    env: null,
    applies: 'restart',
    describe: 'More agents and their folders, one table [agents.<id>] each.',
  },
} as const satisfies Record<string, SettingSpec>

export type SettingKey = keyof typeof settings

/** Any value a setting can have. */
export type SettingValue =
  | number
  | boolean
  | string
  | null
  | readonly string[]
  | Readonly<Record<string, unknown>>

type ValueOf<Spec extends SettingSpec> = Spec extends { choices: readonly (infer Choice)[] }
  ? Choice
  : Spec extends { type: 'integer' | 'number' }
    ? number
    : Spec extends { type: 'boolean' }
      ? boolean
      : Spec extends { type: 'string[]' }
        ? string[]
        : Spec extends { type: 'table' }
          ? Readonly<Record<string, unknown>>
          : string | (Spec extends { default: null } ? null : never)

/** The value of every setting, by key. */
export type SettingValues = { [Key in SettingKey]: ValueOf<(typeof settings)[Key]> }

type TableOf<Key> = Key extends `${infer Table}.${string}` ? Table : never

/** The value of every setting, by table as in `config.toml`: `settings.cache.ttl_minutes`. */
export type Settings = {
  [Table in TableOf<SettingKey>]: {
    [Key in SettingKey as Key extends `${Table}.${infer Name}` ? Name : never]: SettingValues[Key]
  }
} & { agents: SettingValues['agents'] }

export const settingKeys = Object.keys(settings) as SettingKey[]

/** One row of the table, as the general type. */
export function settingSpec(key: SettingKey): SettingSpec {
  return settings[key]
}

/** The setting with this name or alias, or null. */
export function findSetting(name: string): SettingKey | null {
  return settingKeys.find((key) => key === name || settingSpec(key).aliases?.includes(name)) ?? null
}
