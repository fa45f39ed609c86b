/**
 * Every file and folder of smd, in one place.
 *
 * The command line computes these before anything else, so this file imports `node:path` only and reads nothing.
 */
import { posix, win32 } from 'node:path'

/** Absolute paths. Folders need not exist; whoever writes into one creates it (`ensurePrivateFolder`). */
export type Paths = {
  /** `config.toml`, edited by hand or through `smd config`. */
  configFile: string
  dataDir: string
  /** Default place of `cache.db`; the setting `cache.path` moves it. */
  cacheDb: string
  /** Who may use the daemon over HTTP: names, scopes and hashes of tokens. */
  tokensFile: string
  /** A folder for each backup. */
  backupsDir: string
  /** What files of sources held; may be deleted at any time. */
  upstreamFilesDir: string
  stateDir: string
  /** Tiny SQLite file held exclusively by the one running daemon. */
  lockFile: string
  /** Where the running daemon says how to reach it: a hint, confirmed by the handshake. */
  registrationFile: string
  /** Starts of the daemon that failed, for clients that would try again. */
  startFailuresFile: string
  /** Which client is starting the daemon, so that others wait for it. */
  startClaimFile: string
  /** Which browsers are signed in, without anything that lets somebody in. */
  webSessionsFile: string
  /** Which port the page had last. */
  webPortFile: string
  logFile: string
  /** Folder of the socket, mode 0700. */
  runtimeDir: string
  /** Unix socket, or the name of the pipe on Windows. */
  socket: string
}

/**
 * Where smd keeps its files: everything under `SMD_HOME` when that is set, else the folders the platform recommends.
 *
 * An empty variable counts as unset and a relative XDG folder is ignored (XDG base directory specification). A relative
 * `SMD_HOME` is resolved against `cwd`, which is called only then: the current folder of a process may be gone.
 * `uid` is null on Windows.
 */
export function resolvePaths(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  homedir: string,
  uid: number | null,
  cwd: () => string,
): Paths {
  const path = platform === 'win32' ? win32 : posix
  if (env.SMD_HOME) {
    const root = path.isAbsolute(env.SMD_HOME) ? path.normalize(env.SMD_HOME) : path.join(cwd(), env.SMD_HOME)
    const under = (name: string) => inside(path, root, name)
    return layOut(path, under('config'), under('data'), under('state'), under('run'))
  }

  /** The variable's folder when it is absolute, else the fallback, with smd's own folder in it. */
  const own = (variable: string, fallback: string) => {
    const value = env[variable]
    return path.join(value && path.isAbsolute(value) ? value : fallback, 'smd')
  }
  const home = homeFolder(env, platform, homedir)

  if (platform === 'win32') {
    const local = own('LOCALAPPDATA', win32.join(home, 'AppData', 'Local'))
    const config = own('APPDATA', win32.join(home, 'AppData', 'Roaming'))
    const state = win32.join(local, 'state')
    return layOut(win32, config, win32.join(local, 'data'), state, win32.join(state, 'run'))
  }

  const mac = platform === 'darwin' ? posix.join(home, 'Library', 'Application Support') : null
  const config = own('XDG_CONFIG_HOME', mac ?? posix.join(home, '.config'))
  const data = own('XDG_DATA_HOME', mac ?? posix.join(home, '.local', 'share'))
  // On macOS the three folders are one by default, and the names in them do not meet.
  const state = own('XDG_STATE_HOME', mac ?? posix.join(home, '.local', 'state'))
  const shared = env.XDG_RUNTIME_DIR
  const usable = shared && posix.isAbsolute(shared) && !belongsToOther(shared, uid)
  return layOut(posix, config, data, state, usable ? posix.join(shared, 'smd') : posix.join(state, 'run'))
}

/** The user's home folder: as the environment says when it says it (`HOME`, `USERPROFILE`), else as the system does. */
export function homeFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, homedir: string): string {
  const path = platform === 'win32' ? win32 : posix
  const named = path === win32 ? env.USERPROFILE : env.HOME
  return named && path.isAbsolute(named) ? path.resolve(named) : homedir
}

/** `su` and `sudo` may leave the former user's `/run/user/<uid>` in the environment; a socket there would be refused. */
function belongsToOther(runtimeFolder: string, uid: number | null): boolean {
  const owner = /^\/run\/user\/(\d+)\/*$/.exec(runtimeFolder)?.[1]
  return owner !== undefined && uid !== null && Number(owner) !== uid
}

function layOut(path: typeof posix, config: string, data: string, state: string, run: string): Paths {
  return {
    configFile: inside(path, config, 'config.toml'),
    dataDir: data,
    cacheDb: inside(path, data, 'cache.db'),
    tokensFile: inside(path, data, 'tokens.json'),
    backupsDir: inside(path, data, 'backups'),
    upstreamFilesDir: inside(path, data, 'upstream-files'),
    stateDir: state,
    lockFile: inside(path, state, 'daemon.lock'),
    registrationFile: inside(path, state, 'daemon.json'),
    startFailuresFile: inside(path, state, 'start-failures.json'),
    startClaimFile: inside(path, state, 'daemon.starting'),
    webSessionsFile: inside(path, state, 'web-sessions.json'),
    webPortFile: inside(path, state, 'web-port.json'),
    logFile: inside(path, state, 'smd.log'),
    runtimeDir: run,
    socket:
      path === win32 ? `\\\\.\\pipe\\smd-${digest(state.toLowerCase())}` : inside(path, run, 'smd.sock'),
  }
}

/** As `path.join` of a folder that is normalised already; that one takes a hundred times as long, at each command. */
const inside = ({ sep }: typeof posix, folder: string, name: string): string =>
  folder.endsWith(sep) ? folder + name : folder + sep + name

/**
 * 64-bit FNV-1a of UTF-16 units, 16 hex: gives every state folder a pipe name of its own. Windows ignores letter case
 * in paths, allows 256 characters in a pipe name and no backslash. No secret: the pipe is guarded by its access list.
 */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}
