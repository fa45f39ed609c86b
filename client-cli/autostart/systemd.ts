/** systemd user units: a socket that is there from login on, and the service that its first client starts. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkSocketPath } from '../../daemon/kernel/rpc/socket-path.ts'
import { SmdError } from '../../protocol/errors.ts'
import type { RunTool } from '../lifecycle/run-tool.ts'
import type { ServiceFile, ServiceManager, ServiceState } from './manager.ts'
import { marker } from './marker.ts'
import { type Program, type ServiceMachine, serviceProgram } from './program.ts'
import { execLine, specifierText, word } from './systemd-syntax.ts'

const SOCKET = 'smd.socket'
const SERVICE = 'smd.service'

/** Exit code of `systemctl stop` for a unit that systemd does not know. */
const NOT_LOADED = 5

/** Exit codes of the daemon that another start does not cure: bad settings, another daemon, unsafe folders. */
const HOPELESS = [2, 4, 5]

export function systemdManager(machine: ServiceMachine, run: RunTool): ServiceManager {
  const folder = unitFolder(machine)
  const wants = join(folder, 'sockets.target.wants')
  const systemctl = (...args: string[]) => run('systemctl', ['--user', ...args])
  const must = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await systemctl(...args)
    // Somebody may have removed one of the units by hand; there is nothing to stop then.
    if (code === 0 || (code === NOT_LOADED && args[0] === 'stop')) return stdout
    const command = `systemctl --user ${args.join(' ')}`
    throw new SmdError('service.manager_failed', { command, reason: stderr.trim(), look: LOOK })
  }
  return {
    kind: 'systemd',
    files: unitFiles(machine),
    links: [{ path: join(wants, SOCKET), target: join(folder, SOCKET) }],
    folders: [wants, folder, join(folder, '..')],
    lingers: () => existsSync(join(machine.lingerFolder, machine.user)),
    byHand: ['systemctl --user daemon-reload', `systemctl --user start ${SOCKET}`],
    async unreachable() {
      const { code, stderr } = await systemctl('show', '--property=Version')
      if (code === 0) return null
      return code === null ? 'there is no systemctl' : stderr.trim()
    },
    state: async () => readState(await must('show', SOCKET, SERVICE, '--property=ActiveState,MainPID')),
    async activate(changed) {
      await must('daemon-reload')
      if (changed) await must('stop', SOCKET, SERVICE)
      // After too many failures it would not try again. Says no for a unit that never failed; that is fine.
      await systemctl('reset-failed', SOCKET, SERVICE)
      await must('start', SOCKET)
    },
    start: async () => void (await must('start', SOCKET, SERVICE)),
    stop: async () => void (await must('stop', SOCKET, SERVICE)),
    async forget() {
      await must('daemon-reload')
      await systemctl('reset-failed', SOCKET, SERVICE)
    },
  }
}

const LOOK = `systemctl --user status ${SOCKET} ${SERVICE}, journalctl --user -u ${SERVICE}`

function unitFolder({ env, home }: ServiceMachine): string {
  const config = env.XDG_CONFIG_HOME
  return join(config?.startsWith('/') ? config : join(home, '.config'), 'systemd', 'user')
}

/** Errors: `service.unsupported`; `daemon.path_too_long`, because systemd would cut the path. */
function unitFiles(machine: ServiceMachine): ServiceFile[] {
  const { paths, node, entry, platform } = machine
  checkSocketPath(paths.socket, platform)
  const program = serviceProgram(machine, 'systemd')
  const socket = socketPlace(machine)
  const folder = unitFolder(machine)
  const head = `# ${marker(node, entry)}\n# Changes of yours belong in UNIT.d/*.conf beside it: systemctl --user edit UNIT\n`
  return [
    { path: join(folder, SOCKET), mode: 0o644, content: head + socketUnit(socket.listen) },
    { path: join(folder, SERVICE), mode: 0o644, content: head + serviceUnit(program, socket) },
  ]
}

type SocketPlace = {
  /** In the language of units. */
  listen: string
  /** How the daemon is made to arrive at the same path. */
  environment: Readonly<Record<string, string>>
  unset: readonly string[]
}

/**
 * The socket clients use. Where that is in the usual runtime folder, systemd's own word for it is right for every login;
 * otherwise the path is written out, and the daemon is told what clients know.
 */
function socketPlace({ paths, env, uid }: ServiceMachine): SocketPlace {
  const usual = `/run/user/${uid}`
  if (paths.runtimeDir === `${usual}/smd`) return { listen: '%t/smd/smd.sock', environment: {}, unset: [] }
  const listen = specifierText(paths.socket)
  if (env.SMD_HOME) return { listen, environment: {}, unset: [] }
  const shared = env.XDG_RUNTIME_DIR
  return shared && paths.runtimeDir === join(shared, 'smd')
    ? { listen, environment: { XDG_RUNTIME_DIR: shared }, unset: [] }
    : { listen, environment: {}, unset: ['XDG_RUNTIME_DIR'] }
}

const socketUnit = (listen: string): string => `
[Unit]
Description=Socket of smd

[Socket]
ListenStream=${listen}
SocketMode=0600
DirectoryMode=0700
FileDescriptorName=rpc
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`

/**
 * Not here, because it would break smd: ProtectHome and ProtectSystem (projects and settings are everywhere),
 * PrivateTmp and anything else with a mount namespace (projects below /tmp; owners of folders would look foreign),
 * MemoryDenyWriteExecute (V8 compiles), RestrictSUIDSGID (a file that is written anew keeps its mode).
 */
const serviceUnit = ({ command, environment }: Program, socket: SocketPlace): string => `
[Unit]
Description=smd, which knows the skills, commands and agents of all projects
Requires=${SOCKET}
After=${SOCKET}
StartLimitIntervalSec=60
StartLimitBurst=4

[Service]
Type=simple
ExecStart=${execLine(command)}
${[
  ...Object.entries({ ...environment, ...socket.environment }).map(
    ([name, value]) => `Environment=${word(`${name}=${value}`)}`,
  ),
  ...socket.unset.map((name) => `UnsetEnvironment=${name}`),
].join('\n')}
WorkingDirectory=/
UMask=0077
Restart=on-failure
RestartSec=1
RestartPreventExitStatus=${HOPELESS.join(' ')}
TimeoutStopSec=20
KillMode=mixed
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
`

/** From the properties of the two units, in this order, with an empty line between. */
function readState(shown: string): ServiceState {
  const [socket, service] = shown.split('\n\n').map((unit) => ({
    state: /^ActiveState=(.*)$/m.exec(unit)?.[1],
    pid: Number(/^MainPID=(.*)$/m.exec(unit)?.[1] ?? 0),
  }))
  const pid = service?.pid || null
  if (pid !== null) return { active: 'running', pid }
  if (socket?.state === 'failed' || service?.state === 'failed') return { active: 'failed', pid }
  return { active: socket?.state === 'active' ? 'listening' : 'stopped', pid }
}
