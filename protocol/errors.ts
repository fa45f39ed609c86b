/**
 * Every failure smd can report, once: slug, JSON-RPC number, sentence, hint, CLI exit code, HTTP status.
 *
 * Slugs and numbers are part of the protocol: they never change meaning and are never reused.
 * Numbers: JSON-RPC's own band keeps its meaning (-32768…-32000); ours start per area, kernel 900,
 * paging 1000, cache 1100. Exit codes follow formats spec section 26.
 * `{name}` in a sentence or hint is filled from the error's details.
 */

/** What the command line returns to the shell (formats spec section 26); `outdated` is no failure, and asked for. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  permission: 5,
  outdated: 10,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** One row of the error table. */
export type ErrorSpec = {
  /** JSON-RPC error code. */
  number: number
  /** What happened. */
  text: string
  /** What to do next. */
  hint: string
  exit: ExitCode
  /** Status of the REST façade. */
  http: number
}

const spec = (number: number, exit: ExitCode, http: number, text: string, hint: string): ErrorSpec => ({
  number,
  text,
  hint,
  exit,
  http,
})
const { failure, usage, notFound, conflict, permission } = ExitCode

export const errors = {
  // JSON-RPC's own
  'rpc.parse': spec(
    -32700,
    failure,
    400,
    'The message is not valid JSON.',
    'Send one JSON value per line, UTF-8.',
  ),
  'rpc.invalid_request': spec(
    -32600,
    failure,
    400,
    'The message is not a JSON-RPC 2.0 request: {reason}.',
    'See docs/reference/methods.md.',
  ),
  'rpc.unknown_method': spec(
    -32601,
    usage,
    404,
    'There is no method "{method}".',
    'Ask rpc.discover for the list of methods.',
  ),
  'rpc.invalid_params': spec(
    -32602,
    usage,
    422,
    'Invalid parameters: {reason}.',
    'Compare with rpc.discover or docs/reference/methods.md.',
  ),
  internal: spec(
    -32603,
    failure,
    500,
    'Something failed inside smd (reference {reference}).',
    'The log has the details under this reference: {log}',
  ),

  // Kernel: daemon, transport, configuration
  'daemon.unavailable': spec(
    900,
    failure,
    503,
    'The daemon is not running: {reason}.',
    'Start it with: smd start',
  ),
  'daemon.start_failed': spec(
    901,
    failure,
    503,
    'The daemon did not start: {reason}.',
    'Read the log: {log}',
  ),
  'daemon.already_running': spec(
    907,
    conflict,
    409,
    'A daemon runs already{who}.',
    'Look at it with: smd status',
  ),
  'daemon.not_allowed': spec(
    902,
    permission,
    503,
    'This process may not reach the daemon socket {socket} ({code}).',
    'In the sandbox of Claude Code, add to settings.json: {"sandbox":{"network":{"allowUnixSockets":["{socket}"]}}}; elsewhere check who owns the socket.',
  ),
  'daemon.timeout': spec(
    903,
    failure,
    504,
    'The daemon at {socket} accepts connections but does not answer.',
    'Look at it with: smd doctor, or end it with: smd stop --force',
  ),
  'daemon.stopping': spec(904, failure, 503, 'The daemon is shutting down.', 'Try again in a moment.'),
  'daemon.path_too_long': spec(
    905,
    usage,
    500,
    'The socket path is {bytes} bytes long, the system allows {limit}: {path}',
    'Set SMD_HOME or XDG_RUNTIME_DIR to a shorter folder.',
  ),
  'daemon.unsafe_folder': spec(
    906,
    permission,
    500,
    'The folder {path} is not safe: {reason}.',
    'It must be a real folder that is yours alone; or set SMD_HOME to another one.',
  ),
  'daemon.restart_needed': spec(
    908,
    conflict,
    503,
    'The files of smd were replaced while the daemon ran; it loads nothing from them.',
    'Restart it: smd restart',
  ),
  'daemon.crash_loop': spec(
    909,
    failure,
    503,
    'The daemon failed to start {count} times within a minute, so it is not tried again before {until}. Last time: {reason}',
    'Mend that, then: smd start',
  ),
  'daemon.unidentified': spec(
    918,
    conflict,
    409,
    'The daemon was not ended: {reason}.',
    'Find out what listens on the socket: lsof {socket}',
  ),
  'daemon.busy': spec(919, conflict, 409, 'The daemon is at work: {work}.', 'Try again when it is done.'),
  'protocol.handshake_required': spec(
    910,
    usage,
    400,
    'The first message on a connection must be daemon.hello.',
    'Send daemon.hello with the protocol range you speak.',
  ),
  'protocol.version': spec(
    911,
    conflict,
    426,
    'This client speaks protocol {clientMin} to {clientMax}, the daemon {daemonVersion} speaks {daemonMin} to {daemonMax}.',
    'If the daemon is the older one: smd restart. If it is the newer one, update this client.',
  ),
  'protocol.frame_too_large': spec(
    912,
    failure,
    413,
    'A message may have at most {limit} bytes.',
    'Split the request.',
  ),
  'protocol.batch_too_large': spec(
    913,
    failure,
    413,
    'A batch may have at most {limit} requests, this one has {count}.',
    'Send several batches.',
  ),
  'request.cancelled': spec(
    914,
    failure,
    499,
    'The request was cancelled by its caller.',
    'What it had begun may still be carried out; ask again to be sure.',
  ),
  'request.deadline': spec(
    915,
    failure,
    504,
    'There was no answer within the {deadlineMs} ms the caller allowed.',
    'Allow more time, or look at the daemon with: smd status',
  ),
  'protocol.key_reused': spec(
    916,
    conflict,
    409,
    'The idempotency key "{key}" belongs to another request.',
    'Make a new key for each command; repeat one only with the same parameters.',
  ),
  'config.invalid': spec(
    920,
    usage,
    422,
    '{file}:{line}: {key} is {found}, expected {expected}.',
    'Correct the line, or remove the key to use the default.',
  ),
  'config.unknown_key': spec(
    921,
    notFound,
    404,
    'There is no setting "{key}".',
    'List the settings with: smd config list',
  ),
  'config.locked': spec(
    922,
    conflict,
    409,
    '{key} is set by the environment variable {variable}.',
    'Unset the variable to change the setting here.',
  ),
  'config.syntax': spec(
    923,
    usage,
    422,
    '{file}:{line}:{column}: not valid TOML: {reason}.',
    'Correct the line; smd does not change a file it cannot read.',
  ),

  'job.not_found': spec(
    970,
    notFound,
    404,
    'There is no job "{name}"; there are {known}.',
    'List the jobs with: smd jobs',
  ),
  'job.running': spec(
    971,
    conflict,
    409,
    'The job "{name}" runs already.',
    'See what it does with: smd jobs',
  ),
  'backup.not_found': spec(
    950,
    notFound,
    404,
    'There is no backup "{name}".',
    'List the backups with: smd backup list',
  ),
  'backup.damaged': spec(
    951,
    conflict,
    409,
    'The backup {name} cannot be used: {reason}.',
    'Choose another one: smd backup list',
  ),
  'backup.newer': spec(
    952,
    conflict,
    409,
    'The backup {name} is of a newer smd (schema {found}, this one knows {known}).',
    'Update smd, or choose another one: smd backup list',
  ),
  'backup.failed': spec(
    953,
    failure,
    500,
    'The backup could not be made, read or put in place: {reason}.',
    'Check that the data folder is writable and has room: smd doctor',
  ),

  'events.unknown_position': spec(
    960,
    usage,
    422,
    'This daemon has told no event {seq} yet; the last one is {head}.',
    'Subscribe without since, and go on from the snapshot.',
  ),
  'events.subscribed': spec(
    961,
    conflict,
    409,
    'This connection has a subscription already.',
    'Cancel it first, or open another connection.',
  ),
  'events.unsupported': spec(
    962,
    conflict,
    501,
    'The daemon that runs is of an older smd, which tells no events.',
    'Restart it: smd restart',
  ),

  // Command line
  'cli.usage': spec(930, usage, 400, '{reason}', 'Usage: {usage}'),
  'cli.confirmation_needed': spec(
    931,
    usage,
    400,
    '{action} needs a yes, and there is nobody to ask.',
    'Say it with --yes.',
  ),
  'cli.output_unwritable': spec(
    932,
    failure,
    500,
    '{path} cannot be written: {reason}.',
    'Name another file with --output.',
  ),

  // Service of the login session
  'service.unsupported': spec(
    940,
    failure,
    501,
    'smd cannot be installed as a service here: {reason}.',
    'It need not be: other commands start the daemon when they need it.',
  ),
  'service.foreign_file': spec(
    941,
    conflict,
    409,
    '{path} exists and was not written by smd.',
    'Move it away, or replace it with: smd service install --force',
  ),
  'service.not_installed': spec(
    942,
    notFound,
    404,
    'smd is not installed as a service.',
    'Install it with: smd service install',
  ),
  'service.no_manager': spec(
    943,
    failure,
    503,
    '{manager} cannot be asked: {reason}.',
    'Log in with a session of your own, then run: {later}',
  ),
  'service.manager_failed': spec(
    944,
    failure,
    502,
    '"{command}" failed: {reason}.',
    'Look at the service with: {look}',
  ),

  // Watching
  'cache.sync_failed': spec(
    980,
    failure,
    500,
    'Not everything could be read again, so the cache may lack changes that were made before.',
    'See why with: smd logs --level error',
  ),

  // HTTP and the page
  'auth.required': spec(
    990,
    permission,
    401,
    'This needs a session or a token.',
    'Open the page with: smd open. For programs: smd token create NAME, then Authorization: Bearer TOKEN',
  ),
  'auth.scope': spec(
    991,
    permission,
    403,
    '{method} needs the scope {needed}, and the caller has {scope}.',
    'Use the command line, or make a token for it: smd token create NAME --scope {needed}',
  ),
  'auth.code': spec(
    992,
    permission,
    401,
    'The link was used already, or is older than a minute.',
    'Make another one: smd open',
  ),
  'web.not_served': spec(
    993,
    failure,
    503,
    'The page is not served: {reason}.',
    'See smd config get web.enabled and smd doctor.',
  ),
  'token.exists': spec(
    994,
    conflict,
    409,
    'There is a token named {name} already.',
    'Choose another name, or end that one: smd token revoke {name}',
  ),
  'token.not_found': spec(995, notFound, 404, 'There is no token {token}.', 'See: smd token list'),
  'token.file_damaged': spec(
    987,
    failure,
    500,
    '{path} cannot be read or understood, so no token lets anybody in.',
    'Correct the file, or move it away: then there are no tokens any more.',
  ),
  'http.host': spec(
    996,
    permission,
    421,
    'This address is not served under the name {host}.',
    'Use the address that smd open shows.',
  ),
  'http.origin': spec(997, permission, 403, 'Another site may not do this.', 'Use the page itself: smd open'),
  'http.not_found': spec(998, notFound, 404, 'There is nothing at {path}.', 'See /api/openapi.json.'),
  'http.method': spec(999, usage, 405, '{path} does not take {method}.', 'It takes {allowed}.'),
  'http.too_large': spec(989, usage, 413, 'The request is longer than {limit} bytes.', 'Send less at once.'),
  'http.invalid': spec(988, usage, 422, 'The request is not valid: {reason}.', 'See /api/openapi.json.'),
  // Paging
  'page.bad_cursor': spec(
    1000,
    usage,
    400,
    'The cursor was not issued by this method with these filters.',
    'Start again without a cursor.',
  ),

  // Cache: projects, artifacts, search
  'project.not_found': spec(
    1100,
    notFound,
    404,
    'No project matches "{project}".',
    'List the projects with: smd projects list',
  ),
  'project.ambiguous': spec(
    1101,
    conflict,
    409,
    '"{project}" names {count} projects: {candidates}.',
    'Use the path or the id.',
  ),
  'project.not_a_folder': spec(
    1102,
    usage,
    422,
    '{path} is not a folder.',
    'Give the path of an existing folder.',
  ),
  'project.unreadable': spec(
    1103,
    permission,
    403,
    '{path} cannot be read: {reason}.',
    'Check the permissions of the folder.',
  ),
  'artifact.not_found': spec(
    1110,
    notFound,
    404,
    'No artifact matches "{name}".',
    'Look for it with: smd search {name}',
  ),
  'artifact.ambiguous': spec(
    1111,
    conflict,
    409,
    '"{name}" names artifacts of several types: {candidates}.',
    'Add --type, or use the id.',
  ),
  'artifact.unreadable': spec(
    1112,
    failure,
    500,
    '{path} cannot be read: {reason}.',
    'Check the file, then read the project again: smd refresh',
  ),
  'artifact.no_such_file': spec(
    1113,
    notFound,
    404,
    'The artifact has no file {path}.',
    'It may have gone meanwhile; look at its files again.',
  ),
  'artifact.no_upstream_files': spec(
    1114,
    failure,
    409,
    'There is nothing of its source to compare it with: {reason}.',
    'See smd show {name}, and smd upstream check.',
  ),
  'artifact.no_text': spec(
    1115,
    failure,
    409,
    '{name} has no text that could be compared: it is a part of a file, a plugin as a whole, or empty.',
    'Compare a skill, command, agent or rule; those of a plugin are artifacts themselves.',
  ),
  'cache.unavailable': spec(1120, failure, 503, 'cache.db cannot be used: {reason}.', 'Run: smd doctor'),
  'cache.disk_full': spec(
    1125,
    failure,
    503,
    'The disk that holds cache.db is full, so nothing new can be kept; what is known is still answered.',
    'Free some space; smd goes on by itself within a minute.',
  ),
  'cache.constraint': spec(
    1121,
    conflict,
    409,
    'The change breaks a rule of the cache: {reason}.',
    'This is a bug of smd when no other program changed the file.',
  ),
  'cache.newer': spec(
    1122,
    conflict,
    409,
    'cache.db was written by a newer smd (schema {found}, this one knows {known}).',
    'Update smd. This one leaves the file alone and keeps its own cache beside it.',
  ),
  'cache.read_only': spec(
    1123,
    permission,
    503,
    'The cache is open read-only: {reason}.',
    'Start the daemon with: smd start',
  ),
  'cache.no_space': spec(
    1124,
    failure,
    507,
    'cache.db cannot be brought up to date: that takes {needed} bytes of disk, and {free} are left.',
    'Free some space, then restart the daemon.',
  ),
  'validate.path_not_found': spec(
    1130,
    notFound,
    404,
    'There is nothing at {path}.',
    'Give a skill folder, an artifact file or a project.',
  ),
} as const satisfies Record<string, ErrorSpec>

export type ErrorSlug = keyof typeof errors
export type ErrorDetails = Record<string, string | number | boolean | null | string[]>

/** Fills `{name}` places of a sentence from the details; an absent detail leaves the place empty. */
export function fillIn(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = details[name]
    return Array.isArray(value) ? value.join(', ') : value == null ? '' : String(value)
  })
}

/** The `error` member of a JSON-RPC response of smd. */
export type WireError = {
  code: number
  message: string
  data?: { slug: ErrorSlug; hint: string; details?: ErrorDetails }
}

/** An expected failure: the caller's input or the state of the machine, never a bug. */
export class SmdError extends Error {
  readonly slug: ErrorSlug
  readonly details: ErrorDetails

  constructor(slug: ErrorSlug, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(fillIn(errors[slug].text, details), options)
    this.name = 'SmdError'
    this.slug = slug
    this.details = details
  }

  get spec(): ErrorSpec {
    return errors[this.slug]
  }

  get hint(): string {
    return fillIn(this.spec.hint, this.details)
  }

  toWire(): WireError {
    return {
      code: this.spec.number,
      message: this.message,
      data: { slug: this.slug, hint: this.hint, details: this.details },
    }
  }

  /** The error a client raises for a response of the daemon; an unknown slug (newer daemon) becomes `internal`. */
  static fromWire(error: WireError): SmdError {
    const slug = error.data && Object.hasOwn(errors, error.data.slug) ? error.data.slug : 'internal'
    const raised = new SmdError(slug, error.data?.details ?? {})
    raised.message = error.message
    return raised
  }
}
