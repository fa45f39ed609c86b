import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { thisMachine } from '../../../client-cli/doctor/examine.ts'
import type { Finding, Machine } from '../../../client-cli/doctor/finding.ts'
import { resolvePaths } from '../../../daemon/kernel/config/paths.ts'

/** A machine in order for each test: this one, with smd's folders in a temporary one. */
export function useMachine(): { readonly machine: Machine } {
  let root: string
  let machine: Machine
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'smd-doctor-')))
    const env = { SMD_HOME: join(root, 'smd'), HOME: root }
    const uid = process.getuid?.() ?? null
    const system = join(root, 'system')
    mkdirSync(system)
    const here = thisMachine(
      resolvePaths(env, process.platform, root, uid, () => root),
      env,
    )
    machine = { ...here, root: system, userName: 'me' }
    for (const folder of ['smd', 'smd/config', 'smd/data', 'smd/state', 'smd/run']) {
      mkdirSync(join(root, folder), { mode: 0o700 })
    }
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))
  return {
    get machine() {
      return machine
    },
  }
}

/** `fault cache.db: …`, one line a finding. */
export const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ check, state, text }) => `${state} ${check}: ${text}`)
