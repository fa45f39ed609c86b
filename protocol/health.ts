/**
 * Every condition smd warns of, once: code, severity, title, sentence, what to do. `smd status`, `smd doctor`, the metrics
 * and the exit code are all made from this table (promise P8); docs/operations/troubleshooting.md has it as a page.
 *
 * Codes are part of the protocol: they never change meaning and are never reused.
 * `{name}` in a sentence or fix is filled from the details given when the warning is raised.
 */
import { ExitCode } from './errors.ts'

export type Severity = 'error' | 'warning' | 'info'
export type HealthState = 'ok' | 'degraded' | 'failing'

/** One row of the table. */
export type Warnable = {
  /** `error`: answers may be wrong or missing; `warning`: something is lost or slow; `info`: nothing to mend. */
  severity: Severity
  /** A few words, for headings. */
  title: string
  /** What happened. */
  text: string
  /** What to do about it. */
  fix: string
  /** Conditions that explain this one: while one of them holds, this one is not shown. */
  dependsOn: readonly string[]
  /** How long it has to last before it is shown: what mends itself sooner is nobody's business. */
  timeToVisibleMs: number
}

const MINUTE_MS = 60_000

export const warnables = {
  'config.invalid': {
    severity: 'error',
    title: 'Mistakes in config.toml',
    text: '{problems}',
    fix: 'Correct {file}. While smd watches files that counts at once; otherwise: smd restart',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'config.unknown_key': {
    severity: 'info',
    title: 'Settings without effect',
    text: '{problems}',
    fix: 'Correct {file}. While smd watches files that counts at once; otherwise: smd restart',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'cache.damaged': {
    severity: 'error',
    title: 'The cache is damaged again and again',
    text: '{file} is damaged again, after it was rebuilt {count} times.',
    fix: 'Check the disk and restart the daemon.',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'web.port_moved': {
    severity: 'info',
    title: 'The page has another port',
    text: 'Port {wanted} is taken, so the page is served on {port}. smd keeps to that one while it is free.',
    fix: 'Nothing needs to be done; smd open knows the port. To choose one: smd config set web.port PORT',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'web.not_served': {
    severity: 'warning',
    title: 'The page is not served',
    text: 'The page is not served: {reason}.',
    fix: 'Choose another port and restart: smd config set web.port PORT, smd restart',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'daemon.restart_needed': {
    severity: 'warning',
    title: 'The files of smd were replaced',
    text: 'The files of smd were replaced{news} while the daemon ran. It answers from its cache and reads nothing anew.',
    fix: 'Restart it: smd restart',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'cache.rebuilt': {
    severity: 'info',
    title: 'The cache was rebuilt',
    text: 'cache.db was {problem} and is being rebuilt from disk; the old file is {old}.',
    fix: 'Nothing to do; delete the old file when you like.{backup}',
    dependsOn: ['cache.damaged'],
    timeToVisibleMs: 0,
  },
  'cache.newer': {
    severity: 'warning',
    title: 'The cache is of a newer smd',
    text: '{newerFile} has schema {found} of a newer smd, and this one knows {known}. It is left as it is; this smd keeps its cache in {file}.',
    fix: 'Update smd, which then goes on with the newer file. To stay with this version, nothing has to be done.',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'cache.memory': {
    severity: 'warning',
    title: 'The cache lives in memory',
    text: 'The cache lives in memory, because its file cannot be used: {reason}.',
    fix: 'Make the folder writable and restart the daemon.',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'cache.disk_full': {
    severity: 'error',
    title: 'The disk is full',
    text: 'The disk that holds {file} is full. What is known is answered; nothing new is read until there is room.',
    fix: 'Free some space; smd tries again every minute. At once: smd sync --wait',
    dependsOn: ['cache.memory'],
    timeToVisibleMs: 0,
  },
  'cache.too_large': {
    severity: 'warning',
    title: 'The cache is large',
    text: 'The cache has {sizeMb} MB, more than the {mostMb} MB that cache.max_size_mb allows.',
    fix: 'Exclude projects (smd projects remove), or raise the setting: smd config set cache.max_size_mb MB',
    dependsOn: ['cache.memory'],
    timeToVisibleMs: 0,
  },
  'cache.slow_queries': {
    severity: 'info',
    title: 'The cache answers slowly',
    text: 'Ten of the latest queries of the cache took longer than {slowMs} ms each.',
    fix: 'See which: smd logs --level warn. Tidy the cache up: smd jobs run maintenance',
    dependsOn: ['cache.too_large'],
    timeToVisibleMs: 0,
  },
  'backup.failed': {
    severity: 'warning',
    title: 'There is no fresh backup',
    text: 'The daily backup could not be made. {reason}',
    fix: 'Make room, or the folder writable; it is tried again every hour. At once: smd backup create',
    dependsOn: ['cache.memory'],
    timeToVisibleMs: 0,
  },
  'refresh.failed': {
    severity: 'warning',
    title: 'The disk cannot be read again',
    text: 'The last refresh failed: {reason}. What is shown may be old.',
    fix: 'Try again with: smd cache refresh; the reason in full is shown by: smd logs --level error',
    dependsOn: ['cache.damaged'],
    timeToVisibleMs: MINUTE_MS,
  },
  'watch.limited': {
    severity: 'warning',
    title: 'Not all projects can be watched',
    text: '{units} of {total} places are read every {seconds} seconds instead of being watched: {reason}.',
    fix: 'Let programs watch more: echo {sysctl} | sudo tee /etc/sysctl.d/60-inotify.conf && sudo sysctl --system; then: smd restart',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'watch.refused': {
    severity: 'warning',
    title: 'Some projects cannot be watched',
    text: '{units} of {total} places are read every {seconds} seconds instead of being watched: {reason}.',
    fix: 'Rename a folder whose name is not UTF-8. Else the log may say more: smd logs --level warn',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'watch.network': {
    severity: 'info',
    title: 'Projects on a network file system',
    text: '{units} places lie on a file system that does not tell of changes ({kinds}), e.g. {path}. They are read every {seconds} seconds.',
    fix: 'Nothing to do; to look more often: smd config set watch.scan_interval_seconds SECONDS',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
  'watch.unreadable': {
    severity: 'warning',
    title: 'Folders that cannot be watched',
    text: 'Changes in {folders} are not noticed, because this user may not read there.',
    fix: 'Make them readable: chmod u+rx FOLDER',
    dependsOn: [],
    timeToVisibleMs: 5_000,
  },
  'log.unwritable': {
    severity: 'warning',
    title: 'Log lines are lost',
    text: 'The log cannot be written: {reason}.',
    fix: 'Free some space on the disk of {file}, or make the file writable.',
    dependsOn: [],
    timeToVisibleMs: 0,
  },
} as const satisfies Record<string, Warnable>

export type WarningCode = keyof typeof warnables

/** The state that these severities amount to. */
export function healthState(severities: readonly Severity[]): HealthState {
  if (severities.includes('error')) return 'failing'
  return severities.includes('warning') ? 'degraded' : 'ok'
}

/** Whether a warning of this severity is a fault, which makes `smd doctor` fail. */
export const isFault = (severity: Severity): boolean => severity !== 'info'

/** Exit code of `smd status`: only a failing daemon is a failure. */
export const exitCodeOf = (state: HealthState): ExitCode =>
  state === 'failing' ? ExitCode.failure : ExitCode.ok
