/** What the daemon gets of the environment it happens to be started from (ADR 0013). */
import { settingKeys, settingSpec } from '../../protocol/settings.ts'

/** By what they are for. The daemon outlives the shell, so nothing gets in that it has no use for. */
const names = new Set([
  // Who and where the user is
  ...['HOME', 'USER', 'LOGNAME', 'PATH', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'LANGUAGE', 'TZ'],
  // The same on Windows, and what its processes need to run at all
  ...['USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PATHEXT', 'COMSPEC'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR'],
  // Folders of agents (machine-folders.ts)
  ...['CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_PLUGIN_CACHE_DIR'],
  ...['CODEX_HOME', 'VIBE_HOME', 'HERMES_HOME', 'AUTOHAND_HOME', 'FLATPAK_XDG_CONFIG_HOME'],
  // How to reach other machines
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  'NODE_EXTRA_CA_CERTS',
  // Who the user is there (ADR 0018): what is private can be compared with where it came from
  ...['GITHUB_TOKEN', 'GH_TOKEN', 'GH_CONFIG_DIR', 'SSH_AUTH_SOCK', 'DBUS_SESSION_BUS_ADDRESS'],
  'NODE_COMPILE_CACHE',
  ...settingKeys.flatMap((key) => settingSpec(key).env ?? []),
])
const prefixes = ['SMD_', 'SKILLMEAT_', 'XDG_', 'LC_']

/**
 * The part of `env` that the daemon may have. Left out are above all keys and tokens that it has no use for, which a
 * process that lives for days must not carry around, and `NODE_OPTIONS`, by which an editor's terminal opens a debugger's port or loads code.
 * Names in any case, as on Windows and for proxies.
 */
export function daemonEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const wanted = (name: string): boolean =>
    names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted(name.toUpperCase())))
}
