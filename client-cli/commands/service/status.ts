import { ExitCode } from '../../../protocol/errors.ts'
import { defineCommand } from '../../command.ts'
import { openService } from './open.ts'
import { activityTexts, managerNames, reportLinger, reportUnasked } from './report.ts'

const REINSTALL = 'smd service install'

export const serviceStatusCommand = defineCommand({
  name: 'service status',
  summary: 'Say whether smd is installed as a service, runs by it, and is this smd',
  examples: [['smd service status', 'Exit code 0 when all is well, 1 when not, 3 when it is not installed']],
  args: {},
  async run(ctx) {
    const { io } = ctx
    const { service, serviceStatus } = await openService(ctx)
    const status = await serviceStatus(service)
    const { kind, installed, enabled, current, runs, missing, files, manager, active, pid, lingers } = status
    const fault = !enabled || !current || active === 'failed'
    if (io.json) io.value(status)
    else if (!installed) {
      for (const { path, state } of files) if (state === 'foreign') io.note(`${path} was not written by smd.`)
      io.line(`smd is not installed as a service. Install it with: ${REINSTALL}`)
    } else {
      const label = (text: string): string => io.paint('dim', text.padEnd(9))
      io.line(`${label('Service')} of ${managerNames[kind]}`)
      io.line(
        `${label('At login')} ${enabled ? 'starts by itself' : `does not start; mend it with: ${REINSTALL}`}`,
      )
      if (active) io.line(`${label('Now')} ${activityTexts[active]}${pid === null ? '' : ` (pid ${pid})`}`)
      io.line(`${label('Runs')} ${runs?.entry}\n${label('With')} ${runs?.node}`)
      for (const { path, state } of files)
        io.line(`${label('File')} ${path}${state === 'current' ? '' : ` (${state})`}`)
      for (const path of missing) io.note(`${path} is gone. Install the service again: ${REINSTALL}`)
      if (!current && missing.length === 0)
        io.note(`The service is not what this smd would install. Bring it up to date: ${REINSTALL}`)
      reportUnasked(io, kind, manager, false)
      reportLinger(io, kind, lingers)
    }
    if (!installed) return ExitCode.notFound
    return fault ? ExitCode.failure : ExitCode.ok
  },
})
