/** launchd and the Task Scheduler, which are on other systems: what they are told, and how their answers are read. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  installService,
  serviceOf,
  serviceStatus,
  startService,
  stopService,
  uninstallService,
} from '../../../client-cli/autostart/service.ts'
import { systemdManager } from '../../../client-cli/autostart/systemd.ts'
import { windowsTaskManager } from '../../../client-cli/autostart/windows-task.ts'
import type { RunTool, ToolResult } from '../../../client-cli/lifecycle/run-tool.ts'
import { useTestHome } from '../../support/test-daemon.ts'
import { aMachine, fakeTool, noTool } from './machines.ts'

const makeHome = useTestHome()
/** Folders are ours in these tests, also those of a Mac. */
const uid = process.getuid?.() ?? null

/** launchd as far as one agent goes: it forgets one a moment after it was told to, and loads none twice. */
function fakeLaunchd({ session = true, broken = false } = {}): { run: RunTool; changes: string[] } {
  let agent: 'unknown' | 'loaded' | 'leaving' = 'unknown'
  const changes: string[] = []
  const answer = (code: number, text = ''): ToolResult => ({
    code,
    stdout: code ? '' : text,
    stderr: code ? text : '',
  })
  const run: RunTool = async (_, [verb = '', target = '']) => {
    if (verb !== 'print') changes.push([verb, target].join(' '))
    if (!session) return answer(125, 'Domain does not support specified action\n')
    if (verb === 'print' && target === `gui/${uid}`) return answer(0)
    const was = agent
    if (was === 'leaving') agent = 'unknown'
    if (verb === 'bootstrap') {
      if (was !== 'unknown' || broken) return answer(5, 'Bootstrap failed: 5: Input/output error\n')
      agent = 'loaded'
      return answer(0)
    }
    if (was === 'unknown') return answer(113, 'Could not find service\n')
    if (verb === 'bootout') agent = 'leaving'
    return answer(0, `gui/${uid}/local.smd.daemon = {\n\tstate = running\n\tpid = 4711\n}\n`)
  }
  return { run, changes }
}

describe('a service of launchd (L12)', () => {
  const aService = (given: Parameters<typeof fakeLaunchd>[0] = {}) => {
    const home = makeHome().home
    const { run, changes } = fakeLaunchd(given)
    const plist = join(home, 'Library/LaunchAgents/local.smd.daemon.plist')
    return {
      changes,
      plist,
      service: serviceOf({ ...aMachine('darwin', { home, accountHome: home }), uid }, run),
    }
  }
  const [load, unload] = [`bootstrap gui/${uid}`, `bootout gui/${uid}/local.smd.daemon`]

  it('is written, loaded, and left alone the second time', async () => {
    const { service, changes, plist } = aService()
    expect(await installService(service, false)).toMatchObject({
      changed: true,
      active: 'running',
      files: [{ path: plist, was: 'absent' }],
    })
    expect(await installService(service, false)).toMatchObject({ changed: false, active: 'running' })
    expect(changes).toEqual([load])
    expect(await serviceStatus(service)).toMatchObject({
      enabled: true,
      current: true,
      active: 'running',
      pid: 4711,
    })
  })

  it('is unloaded before it is loaded with other content, and has mode 0644 whatever it had', async () => {
    const { service, changes, plist } = aService()
    await installService(service, false)
    writeFileSync(plist, readFileSync(plist, 'utf8').replace('<integer>20<', '<integer>5<'))
    chmodSync(plist, 0o666)
    expect(await installService(service, false)).toMatchObject({
      changed: true,
      files: [{ was: 'outdated' }],
      active: 'running',
    })
    expect(changes).toEqual([load, unload, load])
    expect(statSync(plist).mode & 0o777).toBe(0o644)
  })

  it('starts, stops and goes', async () => {
    const { service, changes, plist } = aService()
    await expect(startService(service)).rejects.toMatchObject({ slug: 'service.not_installed' })
    await installService(service, false)
    expect(await stopService(service)).toEqual({ active: 'running', pid: 4711 })
    expect(await serviceStatus(service)).toMatchObject({ installed: true, active: 'stopped', pid: null })
    expect(await startService(service)).toEqual({ active: 'running', pid: 4711 })
    expect(await uninstallService(service)).toMatchObject({ removed: [plist], left: [] })
    expect(changes).toEqual([load, unload, load, `kickstart gui/${uid}/local.smd.daemon`, unload])
    expect(existsSync(plist)).toBe(false)
    // The folder of all agents is the system's.
    expect(existsSync(dirname(plist))).toBe(true)
    expect(await serviceStatus(service)).toMatchObject({ installed: false, active: 'stopped' })
  })

  it('says which command failed', async () => {
    const { service, plist } = aService({ broken: true })
    await expect(installService(service, false)).rejects.toMatchObject({
      slug: 'service.manager_failed',
      message: `"launchctl bootstrap gui/${uid} ${plist}" failed: Bootstrap failed: 5: Input/output error.`,
    })
  })

  it('is only written where nobody is logged in', async () => {
    const { service, changes, plist } = aService({ session: false })
    expect(await installService(service, false)).toMatchObject({
      changed: true,
      active: null,
      manager: {
        reachable: false,
        reason: 'Domain does not support specified action',
        byHand: [`launchctl bootstrap gui/${uid} ${plist}`],
      },
    })
    await expect(startService(service)).rejects.toMatchObject({ slug: 'service.no_manager' })
    expect(changes).toEqual([])
  })
})

describe('a task of Windows (L12)', () => {
  const query = 'schtasks /Query /TN smd'
  const details = 'schtasks /Query /TN smd /FO CSV /NH'
  const create =
    'schtasks /Create /TN smd /XML C:\\Users\\me\\AppData\\Local\\smd\\state\\service-task.xml /F'

  it('is created and run; asked to end before it is ended; deleted', async () => {
    const { run, lines } = fakeTool({
      [query]: [{ code: 1 }, {}],
      [details]: [
        { stdout: '"\\smd","N/A","Running"\r\n' },
        { stdout: '"\\smd","N/A","Ready"\r\n' },
        { code: 1 },
      ],
      [create]: [{}],
      'schtasks /Run /TN smd': [{}],
      'schtasks /End /TN smd': [{}],
      'schtasks /Delete /TN smd /F': [{}],
    })
    const manager = windowsTaskManager(aMachine('win32'), run)
    await manager.activate(true)
    const states = [await manager.state(), await manager.state(), await manager.state()]
    expect(states.map(({ active }) => active)).toEqual(['running', 'stopped', 'stopped'])
    await manager.start()
    await manager.stop()
    await manager.forget()
    expect(lines.filter((line) => line !== query && line !== details)).toEqual([
      create,
      'schtasks /Run /TN smd',
      'schtasks /Run /TN smd',
      'schtasks /End /TN smd',
      'schtasks /Delete /TN smd /F',
    ])
  })
})

describe('a service of systemd', () => {
  it('outlives the sessions of those users whom logind knows by a file', () => {
    const lingerFolder = makeHome().home
    writeFileSync(join(lingerFolder, 'me'), '')
    const lingers = (user: string): boolean | null =>
      systemdManager(aMachine('linux', { lingerFolder, user }), noTool).lingers()
    expect(lingers('me')).toBe(true)
    expect(lingers('you')).toBe(false)
  })
})

describe('other systems', () => {
  it('have no service, and need none', () => {
    const machine = { ...aMachine('linux'), platform: 'freebsd' as const }
    expect(() => serviceOf(machine, noTool)).toThrow(
      expect.objectContaining({ slug: 'service.unsupported', hint: expect.stringContaining('need not') }),
    )
  })
})
