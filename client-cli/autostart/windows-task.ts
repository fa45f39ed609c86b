/**
 * A task of the Windows Task Scheduler: the daemon runs from logon on, without a window. Best effort: what is written
 * is tested, Windows itself is not.
 */
import { win32 } from 'node:path'
import { SmdError } from '../../protocol/errors.ts'
import type { RunTool } from '../lifecycle/run-tool.ts'
import { stopDaemon } from '../lifecycle/stop.ts'
import type { ServiceFile, ServiceManager, ServiceState } from './manager.ts'
import { marker } from './marker.ts'
import { type ServiceMachine, serviceProgram } from './program.ts'
import { commandLine, envFileLine } from './windows-syntax.ts'
import { xmlText } from './xml.ts'

const TASK = 'smd'

export function windowsTaskManager(machine: ServiceMachine, run: RunTool): ServiceManager {
  const { stateDir } = machine.paths
  const taskFile = win32.join(stateDir, 'service-task.xml')
  const schtasks = (verb: string, ...args: string[]) => run('schtasks', [verb, '/TN', TASK, ...args])
  const must = async (verb: string, ...args: string[]): Promise<void> => {
    const { code, stderr } = await schtasks(verb, ...args)
    if (code === 0) return
    const command = `schtasks ${[verb, '/TN', TASK, ...args].join(' ')}`
    throw new SmdError('service.manager_failed', {
      command,
      reason: stderr.trim(),
      look: `schtasks /Query /TN ${TASK} /V /FO LIST`,
    })
  }
  const isKnown = async (): Promise<boolean> => (await schtasks('/Query')).code === 0
  const register = (): Promise<void> => must('/Create', '/XML', taskFile, '/F')
  // The scheduler ends a process without asking it, so the daemon is asked first.
  const end = async (): Promise<void> => {
    if (!(await isKnown())) return
    await stopDaemon(machine.paths)
    await schtasks('/End')
  }
  return {
    kind: 'windows-task',
    files: taskFiles(machine, taskFile),
    links: [],
    folders: [],
    lingers: () => null,
    byHand: [`schtasks /Create /TN ${TASK} /XML "${taskFile}" /F`, `schtasks /Run /TN ${TASK}`],
    async unreachable() {
      const { code, stderr } = await run('schtasks', ['/Query', '/FO', 'CSV', '/NH'])
      if (code === 0) return null
      return code === null ? 'there is no schtasks' : stderr.trim()
    },
    async state() {
      const { code, stdout } = await schtasks('/Query', '/FO', 'CSV', '/NH')
      return { active: code === 0 ? readState(stdout) : 'stopped', pid: null }
    },
    async activate(changed) {
      if (changed || !(await isKnown())) {
        await end()
        await register()
      }
      await must('/Run')
    },
    async start() {
      if (!(await isKnown())) await register()
      await must('/Run')
    },
    stop: end,
    forget: async () => void ((await isKnown()) && (await must('/Delete', '/F'))),
  }
}

/** Errors: `service.unsupported`. */
function taskFiles(machine: ServiceMachine, taskFile: string): ServiceFile[] {
  const { command, environment } = serviceProgram(machine, 'windows-task')
  const [node = '', ...args] = command
  const envFile = win32.join(machine.paths.stateDir, 'service.env')
  const lines = Object.entries(environment).map(([name, value]) => envFileLine(name, value))
  return [
    // A task has no variables of its own; Node reads them from a file.
    {
      path: envFile,
      mode: 0o644,
      content: `# ${marker(machine.node, machine.entry)}\n${lines.join('\n')}\n`,
    },
    {
      path: taskFile,
      mode: 0o644,
      // The scheduler takes UTF-16 with a byte order mark.
      content: Buffer.from(
        `\ufeff${taskXml(machine, commandLine(['--headless', node, `--env-file=${envFile}`, ...args]))}`,
        'utf16le',
      ),
    },
  ]
}

/** Of a program with a console, Windows shows a window; the console host shows none when told so. */
function taskXml({ env, user, node, entry }: ServiceMachine, headless: string): string {
  const account = xmlText(env.USERDOMAIN ? `${env.USERDOMAIN}\\${user}` : user)
  return `<?xml version="1.0" encoding="UTF-16"?>
<!-- ${marker(node, entry)} -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>smd, which knows the skills, commands and agents of all projects</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <UserId>${account}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${account}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>3</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%SystemRoot%\\System32\\conhost.exe</Command>
      <Arguments>${xmlText(headless)}</Arguments>
    </Exec>
  </Actions>
</Task>
`
}

/** `"\\smd","N/A","Running"`; the last word is translated on other Windows, where a task counts as stopped then. */
const readState = (line: string): ServiceState['active'] =>
  /"Running"\s*$/.test(line) ? 'running' : 'stopped'
