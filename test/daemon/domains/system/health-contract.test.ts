/** Promise P8: whatever shows how smd is says the same, because it is made from the same table. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { examineDaemon } from '../../../../client-cli/doctor/daemon.ts'
import { thisMachine } from '../../../../client-cli/doctor/examine.ts'
import { listenOnSocket, type SocketServer } from '../../../../daemon/kernel/rpc/socket-server.ts'
import { exitCodeOf, type WarningCode, warnables } from '../../../../protocol/health.ts'
import { readMetrics } from '../../../support/prometheus.ts'
import { useTestDaemon } from '../../../support/test-daemon.ts'

const start = useTestDaemon()
const servers: SocketServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

describe('status, doctor, metrics and exit codes', () => {
  it('agree on every set of warnings at any time (P8, property)', async () => {
    const daemon = await start()
    const { paths } = daemon.around
    for (const folder of [dirname(paths.logFile), paths.runtimeDir])
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    servers.push(await listenOnSocket(paths.socket, daemon.dispatcher, { logFile: paths.logFile }))
    const codes = Object.keys(warnables) as WarningCode[]
    const raised = fc.subarray(codes, { minLength: 0 })
    await fc.assert(
      fc.asyncProperty(raised, fc.constantFrom(0, 1_000, 60_000), async (some, later) => {
        for (const code of codes) daemon.ctx.health.clear(code)
        for (const code of some) daemon.ctx.health.warn(code, { reason: 'r', file: '/f', problems: 'p' })
        daemon.clock.now += later

        const { health } = await daemon.call('daemon.status', {})
        const shown = health.warnings.map(({ code }) => code)
        // Status shows only what was raised, each as the table has it.
        for (const { code, severity, title } of health.warnings) {
          expect(some).toContain(code)
          expect(warnables[code as WarningCode]).toMatchObject({ severity, title })
        }

        const { findings } = await examineDaemon(thisMachine(paths, daemon.around.env))
        const told = findings.filter(({ check }) => codes.includes(check as WarningCode))
        expect(told.map(({ check }) => check)).toEqual(shown)
        expect(told.map(({ text, fix }) => ({ text, fix }))).toEqual(
          health.warnings.map(({ text, fix }) => ({ text, fix })),
        )
        const faults = told.filter(({ state }) => state === 'fault').map(({ check }) => check)
        expect(faults).toEqual(
          health.warnings.filter(({ severity }) => severity !== 'info').map(({ code }) => code),
        )

        const metrics = readMetrics((await daemon.call('daemon.metrics', {})).text)
        const set = (name: string, label: string): Array<string | undefined> =>
          (metrics.get(name)?.samples ?? [])
            .filter(({ value }) => value === 1)
            .map(({ labels }) => labels[label])
        expect(set('smd_health_warning', 'code').toSorted()).toEqual(shown.toSorted())
        expect(set('smd_health_state', 'state')).toEqual([health.state])

        const failing = health.warnings.some(({ severity }) => severity === 'error')
        expect(exitCodeOf(health.state)).toBe(failing ? 1 : 0)
        expect(faults.length === 0).toBe(health.state === 'ok')
      }),
      { numRuns: 40 },
    )
  })
})
