/** Machines that services are written for, in tests: no path of them exists. */
import type { ServiceMachine } from '../../../client-cli/autostart/program.ts'
import type { RunTool, ToolResult } from '../../../client-cli/lifecycle/run-tool.ts'
import { resolvePaths } from '../../../daemon/kernel/config/paths.ts'

type Given = Partial<
  Pick<ServiceMachine, 'env' | 'home' | 'accountHome' | 'node' | 'entry' | 'user' | 'lingerFolder'>
>

const usual: Partial<Record<NodeJS.Platform, Required<Given>>> = {
  linux: {
    env: { XDG_RUNTIME_DIR: '/run/user/1000' },
    user: 'me',
    home: '/home/me',
    accountHome: '/home/me',
    lingerFolder: '/nowhere',
    node: '/usr/bin/node',
    entry: '/usr/lib/node_modules/smd/dist/daemon.cjs',
  },
  darwin: {
    env: {},
    user: 'me',
    home: '/Users/me',
    accountHome: '/Users/me',
    lingerFolder: '/nowhere',
    node: '/opt/homebrew/bin/node',
    entry: '/opt/homebrew/lib/node_modules/smd/dist/daemon.cjs',
  },
  win32: {
    env: { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local', USERDOMAIN: 'DESK' },
    user: 'me',
    home: 'C:\\Users\\me',
    accountHome: 'C:\\Users\\me',
    lingerFolder: '/nowhere',
    node: 'C:\\Program Files\\nodejs\\node.exe',
    entry: 'C:\\Users\\me\\AppData\\Roaming\\npm\\node_modules\\smd\\dist\\daemon.cjs',
  },
}

export function aMachine(platform: 'linux' | 'darwin' | 'win32', given: Given = {}): ServiceMachine {
  const machine = { ...(usual[platform] as Required<Given>), ...given }
  const uid = { linux: 1000, darwin: 501, win32: null }[platform]
  const paths = resolvePaths(machine.env, platform, machine.home, uid, () => '/somewhere')
  return { ...machine, platform, uid, paths }
}

/** For managers whose files alone are looked at. */
export const noTool: RunTool = async (file) => {
  throw new Error(`nobody may run ${file}`)
}

/** A tool of another system: what each command line answers, the last one for good; `lines` are those that were run. */
export function fakeTool(answers: Record<string, Array<Partial<ToolResult>>>): {
  run: RunTool
  lines: string[]
} {
  const lines: string[] = []
  const run: RunTool = async (file, args) => {
    const line = [file, ...args].join(' ')
    lines.push(line)
    const left = answers[line] ?? [{ code: 1, stderr: 'not expected' }]
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? {}
    return { code: 0, stdout: '', stderr: '', ...answer }
  }
  return { run, lines }
}
