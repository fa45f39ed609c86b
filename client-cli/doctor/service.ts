/** Whether what systemd was told about smd still holds. Reads files only: a session bus need not be there. */
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type Finding, fault, type Machine, ok } from './finding.ts'
import { systemFile } from './system-file.ts'

const CHECK = 'service'
const REINSTALL = 'Install it again: smd service install'

/** Nothing where smd is no service of systemd. */
export function checkService(machine: Machine): Finding[] {
  if (machine.platform !== 'linux') return []
  const { XDG_CONFIG_HOME: config } = machine.env
  const folder = join(config && isAbsolute(config) ? config : join(machine.home, '.config'), 'systemd/user')
  const unit = systemFile(join(folder, 'smd.service'))
  if (unit === null) return []
  return [checkUnit(unit, machine.home), ...(isEnabled(folder) ? [checkLinger(machine)] : [])]
}

/** An update of Node or of smd may take away what the unit starts. */
function checkUnit(unit: string, home: string): Finding {
  const command = /^ExecStart\s*=\s*[-@:+!|]*(.*)$/m.exec(unit)?.[1]
  if (command === undefined) return fault(CHECK, 'smd.service starts nothing.', REINSTALL)
  const missing = wordsOf(command, home).find((word) => isAbsolute(word) && !existsSync(word))
  if (missing === undefined) return ok(CHECK, 'What smd.service starts is there')
  return fault(CHECK, `smd.service starts ${missing}, which does not exist.`, REINSTALL)
}

/** The words of a command line as systemd splits it (systemd.service(5), "Command lines"), as far as paths need it. */
function wordsOf(command: string, home: string): string[] {
  const words = command.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)
  return [...words].map(([, double, single, plain = '']) =>
    (double ?? single ?? plain)
      .replace(/\\x([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/\\(.)/g, '$1')
      .replaceAll('%h', home)
      .replaceAll('%%', '%')
      .replaceAll('$$', '$'),
  )
}

function isEnabled(folder: string): boolean {
  const links = ['default.target.wants/smd.service', 'sockets.target.wants/smd.socket']
  return links.some((link) => existsSync(join(folder, link)))
}

/** Without lingering, systemd ends a user's services with the last session. */
function checkLinger({ root, userName }: Machine): Finding {
  if (existsSync(join(root, 'var/lib/systemd/linger', userName)))
    return ok('linger', 'The service goes on when you log out')
  return fault(
    'linger',
    'smd is a service, but systemd ends it when you log out.',
    `Let it go on: loginctl enable-linger ${userName}`,
  )
}
