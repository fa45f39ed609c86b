/** A launchd agent: the daemon runs from login on and is started again when it fails. */
import { posix } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SmdError } from '../../protocol/errors.ts'
import type { RunTool } from '../lifecycle/run-tool.ts'
import type { ServiceManager, ServiceState } from './manager.ts'
import { marker } from './marker.ts'
import { type ServiceMachine, serviceProgram } from './program.ts'
import { xmlText } from './xml.ts'

const LABEL = 'local.smd.daemon'

/** launchd forgets an agent some time after it was told to; as long as a daemon takes to end, ms. */
const UNLOAD_MS = 20_000

export function launchdManager(machine: ServiceMachine, run: RunTool): ServiceManager {
  const domain = `gui/${machine.uid}`
  const target = `${domain}/${LABEL}`
  const plist = posix.join(machine.home, 'Library', 'LaunchAgents', `${LABEL}.plist`)
  const launchctl = (...args: string[]) => run('launchctl', args)
  const must = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await launchctl(...args)
    if (code === 0) return
    const command = `launchctl ${args.join(' ')}`
    throw new SmdError('service.manager_failed', {
      command,
      reason: stderr.trim(),
      look: `launchctl print ${target}`,
    })
  }
  const isLoaded = async (): Promise<boolean> => (await launchctl('print', target)).code === 0
  const unload = async (): Promise<void> => {
    if (!(await isLoaded())) return
    await must('bootout', target)
    const deadline = performance.now() + UNLOAD_MS
    while ((await isLoaded()) && performance.now() < deadline) await wait(100)
  }
  return {
    kind: 'launchd',
    files: [{ path: plist, mode: 0o644, content: agentFile(machine) }],
    links: [],
    folders: [],
    lingers: () => null,
    byHand: [`launchctl bootstrap ${domain} ${plist}`],
    async unreachable() {
      const { code, stderr } = await launchctl('print', domain)
      if (code === 0) return null
      return code === null ? 'there is no launchctl' : stderr.trim()
    },
    async state() {
      const { code, stdout } = await launchctl('print', target)
      return code === 0 ? readState(stdout) : { active: 'stopped', pid: null }
    },
    async activate(changed) {
      if (changed) await unload()
      if (!(await isLoaded())) await must('bootstrap', domain, plist)
    },
    async start() {
      if (!(await isLoaded())) await must('bootstrap', domain, plist)
      await must('kickstart', target)
    },
    stop: unload,
    forget: async () => undefined,
  }
}

/** Errors: `service.unsupported`. */
function agentFile(machine: ServiceMachine): string {
  const { env, node, entry, paths } = machine
  const { command, environment } = serviceProgram(machine, 'launchd')
  // Other than systemd, launchd has no runtime folder of its own.
  const shared = env.XDG_RUNTIME_DIR
  const all: Record<string, string> = {
    ...environment,
    ...(shared && paths.runtimeDir === posix.join(shared, 'smd') ? { XDG_RUNTIME_DIR: shared } : {}),
  }
  const text = (value: string): string => `<string>${xmlText(value)}</string>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${marker(node, entry)} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(LABEL)}
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    ${text(word)}`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries(all)
  .map(([name, value]) => `    <key>${xmlText(name)}</key>\n    ${text(value)}`)
  .join('\n')}
  </dict>
  <key>WorkingDirectory</key>
  <string>/</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>20</integer>
  <key>StandardOutPath</key>
  ${text(paths.logFile)}
  <key>StandardErrorPath</key>
  ${text(paths.logFile)}
</dict>
</plist>
`
}

/** `launchctl print` has a line `state = running`, and `pid = 123` while it runs. */
function readState(printed: string): ServiceState {
  const pid = Number(/^\s*pid = (\d+)$/m.exec(printed)?.[1] ?? 0) || null
  if (pid !== null) return { active: 'running', pid }
  const exit = /^\s*last exit code = (\d+)/m.exec(printed)?.[1]
  return { active: exit !== undefined && exit !== '0' ? 'failed' : 'stopped', pid }
}
