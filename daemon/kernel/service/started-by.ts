/** Who keeps the daemon running; only one that a client started has to end when nobody needs it any more. */
export const starters = ['cli', 'systemd', 'launchd', 'windows-task', 'terminal'] as const
export type StartedBy = (typeof starters)[number]

/**
 * As the daemon's own arguments say (`--started-by=systemd`), or else as its surroundings do: a client waits for its
 * report, service managers leave variables of their own, and what remains is somebody at a terminal.
 */
export function startedBy(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): StartedBy {
  const flag = '--started-by='
  const given = argv.find((word) => word.startsWith(flag))?.slice(flag.length)
  const named = starters.find((starter) => starter === given)
  if (named) return named
  if (argv.includes('--report')) return 'cli'
  if (env.INVOCATION_ID) return 'systemd'
  const { XPC_SERVICE_NAME: service } = env
  return platform === 'darwin' && service && service !== '0' ? 'launchd' : 'terminal'
}
