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

  // Collections and what they hold, 1200 to 1239
  'collection.not_found': spec(
    1200,
    notFound,
    404,
    'There is no collection {name}.',
    'List them with: smd collection list; make one with: smd init',
  ),
  'collection.exists': spec(
    1201,
    conflict,
    409,
    'There is a collection {name} already.',
    'Use it with: smd collection use {name}',
  ),
  'collection.bad_name': spec(
    1202,
    usage,
    422,
    '"{name}" cannot be a name: {reason}.',
    'Choose another one; names hold no / and no \\, and do not begin with a dot.',
  ),
  'collection.active': spec(
    1203,
    conflict,
    409,
    'The collection {name} is the active one and cannot be deleted.',
    'Use another one first: smd collection use NAME',
  ),
  'collection.bad_manifest': spec(
    1204,
    failure,
    422,
    '{file}: {place}: {reason}.',
    'Correct the file; smd has left it as it is.',
  ),
  'collection.changing': spec(
    1205,
    conflict,
    409,
    '{path} is being changed by another program.',
    'Save it there, then try again; smd has left everything as it was.',
  ),
  'collection.not_written': spec(
    1206,
    failure,
    500,
    '{path} could not be written ({reason}).',
    'Everything is as it was. Look after the folder or the disk, then try again.',
  ),
  'collection.artifact_exists': spec(
    1207,
    conflict,
    409,
    'The collection {collection} has a {type} {name} already.',
    'Give another name with --name, or replace it with --force.',
  ),
  'collection.artifact_not_found': spec(
    1208,
    notFound,
    404,
    'The collection {collection} has no {what}.',
    'See what it holds: smd collection show {collection}',
  ),
  'collection.ambiguous': spec(
    1209,
    conflict,
    409,
    '{name} is the name of several artifacts: {types}.',
    'Say which with --type.',
  ),
  'collection.bad_source': spec(
    1210,
    usage,
    422,
    '"{spec}" is no source: {reason}.',
    'Give owner/repo/path@version, a git address, a local path, or plugin@marketplace.',
  ),
  'collection.not_an_artifact': spec(
    1211,
    usage,
    422,
    '{source} is no {type}: {reason}.',
    'Point at the folder or file itself; check it with: smd verify SPEC --type {type}',
  ),
  'collection.source_failed': spec(
    1212,
    failure,
    502,
    '{source} cannot be fetched: {reason}',
    'Nothing was changed. Check the address and what you may read, then try again.',
  ),
  'collection.leads_outside': spec(
    1213,
    usage,
    422,
    '{path} is a link that leads out of the artifact: {target}',
    'Nothing was changed. Replace the link by what it leads to.',
  ),
  'collection.copy_differs': spec(
    1214,
    conflict,
    409,
    '{name} has changed since it was last read.',
    'Try again; if it goes on changing, add a copy of it: smd add, then smd deploy --overwrite.',
  ),
  'collection.cannot_consolidate': spec(
    1215,
    usage,
    422,
    '{names} cannot be brought together: {reason}.',
    'See what can be: smd consolidate --dry-run',
  ),
  'collection.no_refresh': spec(
    1216,
    notFound,
    404,
    'No refresh of the collection {name} is left to be taken back.',
    'See its snapshots with: smd history --collection {name}',
  ),
  'collection.no_source': spec(
    1217,
    notFound,
    404,
    'There is nothing at {path}.',
    'Nothing was changed. A path counts from the folder you are in; what is on GitHub is OWNER/REPO/PATH.',
  ),
  'collection.bad_file': spec(
    1230,
    usage,
    422,
    '{file} cannot be changed: {reason}.',
    'Nothing was changed. Name a file of the artifact by its path inside of it.',
  ),
  'collection.file_exists': spec(
    1231,
    conflict,
    409,
    'There is a file {file} already.',
    'Nothing was changed. Replace it, or choose another name.',
  ),
  'tag.ambiguous': spec(
    1232,
    conflict,
    409,
    '"{tag}" may mean several tags: {candidates}.',
    'Nothing was changed. Use a slug or a name that only one of them has; the slugs are in brackets.',
  ),

  // Deployments, and changes of several files at once, 1240 to 1279
  'deploy.library_busy': spec(
    1240,
    conflict,
    409,
    'Another smd is changing the library {folder}.',
    'Try again in a moment.',
  ),
  'deploy.library_unwritable': spec(
    1241,
    permission,
    403,
    'The library {folder} cannot be written ({code}).',
    'Make it writable; smd keeps there what it replaces, so that it can be brought back.',
  ),
  'deploy.unknown_profile': spec(
    1245,
    notFound,
    404,
    'There is no profile "{profile}"; there are {known}.',
    'Look at them with: smd profiles',
  ),
  'deploy.bad_profile': spec(
    1246,
    usage,
    422,
    '{where}: {reason}.',
    'Correct it; a profile names folders below a project.',
  ),
  'deploy.bad_record': spec(
    1247,
    conflict,
    409,
    '{file} cannot be understood: {reason}.',
    'Correct the file, or move it away; smd does not change a file it cannot read.',
  ),
  'deploy.plan_changed': spec(
    1248,
    conflict,
    409,
    'Something changed on the disk since the plan was made.',
    'Look at the plan again, and agree to that one.',
  ),
  'deploy.not_deployed': spec(
    1249,
    notFound,
    404,
    'Nothing of that name is deployed there: {names}.',
    'See what is with: smd deployments',
  ),
  'deploy.set_not_found': spec(
    1250,
    notFound,
    404,
    'The collection "{collection}" has no deployment set "{name}".',
    'List the sets with: smd sets',
  ),
  'deploy.set_cycle': spec(
    1251,
    conflict,
    409,
    'A deployment set would hold itself: {way}.',
    'Take one of them out.',
  ),
  'deploy.set_in_use': spec(
    1252,
    conflict,
    409,
    'The deployment set "{name}" is part of {users}.',
    'Take it out of them first: smd sets save',
  ),
  'deploy.nothing_named': spec(
    1253,
    usage,
    400,
    'Nothing is named that could be deployed.',
    'Name artifacts of the collection, or a set with: --set NAME',
  ),
  'deploy.no_project': spec(
    1255,
    usage,
    400,
    'No project is named.',
    'Name one with: --project PATH, or take all with: --all-projects',
  ),
  'deploy.no_operation': spec(
    1254,
    notFound,
    404,
    'There is no change "{id}" that could be taken back.',
    'See which there are with: smd undo --list',
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
  'analytics.not_allowed': spec(
    1360,
    permission,
    403,
    'What stands in transcripts is not counted unless you want it.',
    'Only names, counts and times are kept, on this machine. Allow it with: smd config set analytics.transcripts true',
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

  // Snapshots, 1310 to 1319, and contents that smd keeps, 1320 to 1329
  'snapshot.no_collection': spec(
    1310,
    notFound,
    404,
    'There is no collection "{collection}".',
    'List the collections with: smd collection list',
  ),
  'snapshot.not_found': spec(
    1311,
    notFound,
    404,
    'There is no snapshot "{id}" of the collection "{collection}".',
    'List the snapshots with: smd snapshots -c {collection}',
  ),
  'snapshot.damaged': spec(
    1312,
    conflict,
    409,
    'The snapshot {file} cannot be used: {reason}.',
    'Nothing was changed. Choose another one: smd snapshots',
  ),
  'snapshot.unsafe_archive': spec(
    1313,
    failure,
    422,
    'The archive {file} is refused: {reason}.',
    'Nothing was changed, and nothing of it was unpacked. Use it only if you know where it comes from, with: tar -x',
  ),
  'snapshot.no_such_path': spec(
    1314,
    notFound,
    404,
    'Neither the snapshot nor the collection has anything at {path}.',
    'See what it holds with: smd snapshot show {id}',
  ),
  'snapshot.changed_meanwhile': spec(
    1315,
    conflict,
    409,
    '{path} was not brought back: {reason}. The collection is as it was.',
    'Look at it, then try again.',
  ),
  'snapshot.not_whole': spec(
    1316,
    usage,
    422,
    'The snapshot {id} holds only what was about to change, not the whole collection.',
    'Take one of the whole collection with: smd snapshot',
  ),
  'object.unreadable': spec(
    1320,
    failure,
    500,
    '{path} cannot be read: {reason}.',
    'Nothing was changed. Look at its permissions, and at where links lead, then try again.',
  ),
  'object.too_large': spec(
    1321,
    failure,
    413,
    '{path} has {bytes} bytes; up to {limit} can be kept.',
    'Nothing was changed. Move the file out of the artifact, then try again.',
  ),
  'object.missing': spec(
    1322,
    failure,
    500,
    'The content of {path} is no longer in the store, or was damaged.',
    'Nothing was changed. Use another snapshot, or one that was exported.',
  ),
  'object.bad_path': spec(
    1323,
    failure,
    422,
    '"{path}" would lie outside of its artifact.',
    'Nothing was changed. Do not use this source.',
  ),

  // Keeping in step, 1280 to 1309
  'sync.collection_unknown': spec(
    1280,
    notFound,
    404,
    'There is no collection "{collection}".',
    'List them: smd collection list.',
  ),
  'sync.bad_records': spec(
    1281,
    failure,
    422,
    'The deployment records of {project} cannot be read: {reason}',
    'Mend {file}; nothing was changed.',
  ),
  'sync.not_deployed': spec(
    1282,
    notFound,
    404,
    '"{artifact}" is not deployed to {project}.',
    'See what is: smd sync-check {project}.',
  ),
  'sync.ambiguous': spec(
    1283,
    usage,
    409,
    '"{artifact}" is deployed to {project} as {types}.',
    'Say which: type:name.',
  ),
  'sync.no_fork': spec(
    1284,
    usage,
    400,
    'Only a pull can make a fork.',
    'Use overwrite, merge or skip to change a project.',
  ),
  'sync.changed': spec(
    1285,
    conflict,
    409,
    '{path} was changed while it was read.',
    'Nothing was changed. Try again.',
  ),
  'sync.too_wide': spec(
    1309,
    conflict,
    409,
    '{path} holds more than {name}.',
    'Correct {file}, which says that it lies there; nothing was changed.',
  ),
  'sync.outside': spec(
    1286,
    failure,
    422,
    '"{path}" leads out of {folder}.',
    'Mend the record or the manifest that says so, or replace the link; nothing was changed.',
  ),
  'merge.mixed': spec(
    1287,
    usage,
    400,
    '{paths} are not all files, and not all folders.',
    'Give three files, or three folders.',
  ),

  // Tags and groups, 1330 to 1359
  'tag.not_found': spec(1330, notFound, 404, 'There is no tag "{tag}".', 'List the tags with: smd tag list'),
  'tag.duplicate': spec(
    1331,
    conflict,
    409,
    'There is a tag with the {what} "{value}" already.',
    'Choose another {what}, or change that tag with: smd tag update',
  ),
  'tag.no_slug': spec(
    1332,
    usage,
    422,
    'Nothing of the name "{name}" can be in a slug.',
    'Say which slug it shall have: lowercase letters, digits and single hyphens.',
  ),
  'group.not_found': spec(
    1340,
    notFound,
    404,
    'There is no group "{name}" in the collection "{collection}".',
    'List the groups with: smd group list',
  ),
  'group.duplicate': spec(
    1341,
    conflict,
    409,
    'The collection "{collection}" has a group "{name}" already.',
    'Choose another name.',
  ),
  'label.unknown_artifact': spec(
    1350,
    notFound,
    404,
    'The collection "{collection}" has no artifact "{artifact}".',
    'List what it holds with: smd collection show {collection}',
  ),
  'label.ambiguous_artifact': spec(
    1351,
    usage,
    409,
    'The collection "{collection}" has several artifacts "{artifact}": {candidates}.',
    'Say which one, with its type: TYPE:NAME',
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
