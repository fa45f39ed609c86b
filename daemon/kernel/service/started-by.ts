/** Who keeps the daemon running; under a service manager it is not the daemon's business to end when nobody needs it. */
export const starters = ['cli', 'systemd', 'launchd', 'windows-task'] as const
export type StartedBy = (typeof starters)[number]

/** From the daemon's own arguments: `--started-by=systemd`. Without it, or with a word of a newer smd, a client did. */
export function startedBy(argv: readonly string[]): StartedBy {
  const flag = '--started-by='
  const given = argv.find((word) => word.startsWith(flag))?.slice(flag.length)
  return starters.find((starter) => starter === given) ?? 'cli'
}
