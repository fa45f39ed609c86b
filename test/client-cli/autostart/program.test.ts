import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lastingVariables, serviceProgram } from '../../../client-cli/autostart/program.ts'
import { daemonFlags, daemonMemory } from '../../../client-cli/lifecycle/daemon-memory.ts'
import { overridingVariable } from '../../../daemon/kernel/config/env.ts'
import { machineFolders } from '../../../daemon/kernel/config/machine-folders.ts'
import { resolvePaths } from '../../../daemon/kernel/config/paths.ts'
import { settingKeys } from '../../../protocol/settings.ts'
import { aMachine } from './machines.ts'

const root = mkdtempSync(join(tmpdir(), 'smd-program-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('what a service runs (L12)', () => {
  it('is the daemon with the flags and the memory of one that a command starts', () => {
    const { command, environment } = serviceProgram(aMachine('linux'), 'systemd')
    expect(command).toEqual([
      '/usr/bin/node',
      ...daemonFlags,
      '/usr/lib/node_modules/smd/dist/daemon.cjs',
      '--started-by=systemd',
    ])
    expect(environment).toEqual({
      ...daemonMemory,
      NODE_COMPILE_CACHE: '/home/me/.local/state/smd/compile-cache',
    })
  })

  it('gets an absolute SMD_HOME', () => {
    const { environment } = serviceProgram(aMachine('linux', { env: { SMD_HOME: 'here' } }), 'systemd')
    expect(environment.SMD_HOME).toBe('/somewhere/here')
  })

  it('gets every variable that decides where the daemon looks', () => {
    const asked = new Set<string>()
    const env = new Proxy({} as NodeJS.ProcessEnv, {
      get: (_, name: string) => {
        asked.add(name)
        return undefined
      },
    })
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      resolvePaths(env, platform, root, 1, () => root)
      machineFolders(env, platform, root)
    }
    for (const key of settingKeys) overridingVariable(env, key)
    // Those that the system gives every process, and those that `serviceProgram` and the managers treat on their own.
    const given = ['HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'SMD_HOME', 'XDG_RUNTIME_DIR']
    expect([...asked].filter((name) => !given.includes(name)).toSorted()).toEqual(lastingVariables.toSorted())
  })
})
