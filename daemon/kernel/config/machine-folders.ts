/** Where this machine keeps the things smd looks at: Claude Code's folders, SkillMeat's collection, other agents' homes. */
import { posix, win32 } from 'node:path'
import { homeFolder } from './paths.ts'

/** Where this machine keeps things; resolved once from the environment by the caller, never read by the scanner. */
export type MachineFolders = {
  /** The user's home folder. */
  home: string
  /** `CLAUDE_CONFIG_DIR`, else `~/.claude`. */
  claudeConfig: string
  /** `~/.claude.json`, or `.claude.json` inside `CLAUDE_CONFIG_DIR` when that is set. */
  claudeJson: string
  /** `CLAUDE_CODE_PLUGIN_CACHE_DIR`, else `<claudeConfig>/plugins`. */
  claudePlugins: string
  /** System-wide folder of Claude Code, e.g. `/etc/claude-code`. */
  claudeManaged: string
  /** `XDG_CONFIG_HOME`, else `~/.config`. */
  xdgConfig: string
  /** `XDG_STATE_HOME`, or null when unset (the skills lock then lies in `~/.agents`). */
  xdgState: string | null
  /** `SKILLMEAT_COLLECTION_DIR`, else `~/.skillmeat`. */
  skillmeat: string
  /** Folders of agents that an environment variable moves, by variable name: `CODEX_HOME`, `VIBE_HOME`, … */
  agentHomes: Record<string, string>
}

/** Variables that move an agent's folder (ecosystem spec 4.1). */
const agentHomeVariables = [
  'CODEX_HOME',
  'VIBE_HOME',
  'HERMES_HOME',
  'AUTOHAND_HOME',
  'FLATPAK_XDG_CONFIG_HOME',
  'APPDATA',
] as const

/**
 * Resolves the folders from the environment of the user's agents. A variable that is empty or relative is ignored:
 * an agent resolves it against its own current folder, which is not the daemon's.
 *
 * `agentHomes` holds the variables that are set, so an absent one means the agent's default below `home`.
 * Source: ecosystem spec sections 2, 2.1, 2.6, 4.1, 5.4; formats spec section 3. `SMD_CLAUDE_MANAGED_DIR` replaces the
 * system-wide folder, for demonstrations and tests.
 */
export function machineFolders(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  homedir: string,
): MachineFolders {
  const path = platform === 'win32' ? win32 : posix
  const home = homeFolder(env, platform, homedir)
  const folder = (variable: string) => {
    const value = env[variable]
    return value && path.isAbsolute(value) ? path.resolve(value) : null
  }

  const claudeConfig = folder('CLAUDE_CONFIG_DIR')
  const agentHomes: Record<string, string> = {}
  for (const variable of agentHomeVariables) {
    const value = folder(variable)
    if (value) agentHomes[variable] = value
  }
  return {
    home,
    claudeConfig: claudeConfig ?? path.join(home, '.claude'),
    claudeJson: path.join(claudeConfig ?? home, '.claude.json'),
    claudePlugins:
      folder('CLAUDE_CODE_PLUGIN_CACHE_DIR') ??
      path.join(claudeConfig ?? path.join(home, '.claude'), 'plugins'),
    claudeManaged: folder('SMD_CLAUDE_MANAGED_DIR') ?? managedFolder(platform),
    xdgConfig: folder('XDG_CONFIG_HOME') ?? path.join(home, '.config'),
    xdgState: folder('XDG_STATE_HOME'),
    skillmeat: folder('SKILLMEAT_COLLECTION_DIR') ?? path.join(home, '.skillmeat'),
    agentHomes,
  }
}

/** A path from the settings with `~` at its beginning replaced by the home folder. */
export function expandHome(path: string, home: string): string {
  if (path === '~') return home
  return /^~[/\\]/.test(path) ? `${home}${path.slice(1)}` : path
}

function managedFolder(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode'
  return platform === 'win32' ? 'C:\\Program Files\\ClaudeCode' : '/etc/claude-code'
}
