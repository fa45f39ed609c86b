/** What a service runs: this Node, this daemon, and the variables without which it would look into other folders. */
import { userInfo } from 'node:os'
import { posix, win32 } from 'node:path'
import { homeFolder, type Paths } from '../../daemon/kernel/config/paths.ts'
import { SmdError } from '../../protocol/errors.ts'
import { settingKeys, settingSpec } from '../../protocol/settings.ts'
import { compileCacheFolder, daemonEntry } from '../entries.ts'
import { daemonFlags, daemonMemory } from '../lifecycle/daemon-memory.ts'

/** The machine and the user a service is for; everything the files of the service depend on. */
export type ServiceMachine = {
  paths: Paths
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  /** Null on Windows. */
  uid: number | null
  user: string
  /** The home folder this process was told, and the one of the account. */
  home: string
  accountHome: string
  /** Where logind notes, by files of their names, the users whose services outlive their sessions. */
  lingerFolder: string
  /** Absolute paths of the Node and the daemon that are to run. */
  node: string
  entry: string
}

export type Program = {
  /** Node, its flags, the daemon, its flags. */
  command: readonly string[]
  environment: Readonly<Record<string, string>>
}

export function thisServiceMachine(paths: Paths, env: NodeJS.ProcessEnv): ServiceMachine {
  const { username, homedir } = userInfo()
  return {
    paths,
    env,
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    user: username,
    home: homeFolder(env, process.platform, homedir),
    accountHome: homedir,
    lingerFolder: '/var/lib/systemd/linger',
    node: process.execPath,
    entry: daemonEntry,
  }
}

/** Variables that say where things are, or how smd is set; a service manager does not know those of a shell. */
export const lastingVariables: readonly string[] = [
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'CLAUDE_CONFIG_DIR',
  'CLAUDE_CODE_PLUGIN_CACHE_DIR',
  'SMD_CLAUDE_MANAGED_DIR',
  'SKILLMEAT_COLLECTION_DIR',
  'CODEX_HOME',
  'VIBE_HOME',
  'HERMES_HOME',
  'AUTOHAND_HOME',
  'FLATPAK_XDG_CONFIG_HOME',
  ...settingKeys.flatMap((key) => settingSpec(key).env ?? []),
]

/**
 * `startedBy` is what the daemon says of itself in its registration.
 * Errors: `service.unsupported` when a path has characters that the files of service managers cannot hold.
 */
export function serviceProgram(machine: ServiceMachine, startedBy: string): Program {
  const { env, paths, platform, home, accountHome, node, entry } = machine
  const path = platform === 'win32' ? win32 : posix
  const environment: Record<string, string> = {
    ...daemonMemory,
    NODE_COMPILE_CACHE: compileCacheFolder(paths),
  }
  if (home !== accountHome) environment.HOME = home
  // As it was understood: a relative one means the folder of this process, which the service does not share.
  if (env.SMD_HOME) environment.SMD_HOME = path.dirname(paths.stateDir)
  for (const name of lastingVariables) {
    const value = env[name]
    if (value) environment[name] = value
  }
  const program = { command: [node, ...daemonFlags, entry, `--started-by=${startedBy}`], environment }
  const awkward = [paths.socket, ...program.command, ...Object.values(environment)].find(hasControls)
  if (awkward === undefined) return program
  const reason = `a service cannot be told of a path with control characters: ${JSON.stringify(awkward)}`
  throw new SmdError('service.unsupported', { reason })
}

const hasControls = (text: string): boolean => [...text].some((sign) => sign < ' ' || sign === '\u007f')
