import { defineCommand } from '../../command.ts'
import { openService } from './open.ts'
import { reportUnasked } from './report.ts'

export const serviceUninstallCommand = defineCommand({
  name: 'service uninstall',
  summary: 'Undo smd service install; other commands start the daemon again when needed',
  examples: [['smd service uninstall', 'Ends the daemon and removes what was installed']],
  args: {},
  async run(ctx) {
    const { io } = ctx
    const { service, uninstallService } = await openService(ctx)
    const report = await uninstallService(service)
    if (io.json) return io.value(report)
    for (const path of report.removed) io.line(`Removed ${path}`)
    if (report.removed.length === 0) io.line('Nothing was installed.')
    for (const path of report.left) io.note(`${path} was not written by smd, so it stays.`)
    reportUnasked(io, report.kind, report.manager, false)
  },
})
