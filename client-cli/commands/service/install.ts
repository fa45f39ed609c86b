import type { FileState } from '../../autostart/service-files.ts'
import { defineCommand } from '../../command.ts'
import { openService } from './open.ts'
import { activityTexts, managerNames, reportLinger, reportUnasked } from './report.ts'

const done: Record<FileState, string> = {
  absent: 'Wrote    ',
  outdated: 'Rewrote  ',
  foreign: 'Replaced ',
  current: 'Unchanged',
}

export const serviceInstallCommand = defineCommand({
  name: 'service install',
  summary: 'Let the system start the daemon: systemd, launchd or the Windows Task Scheduler',
  examples: [
    ['smd service install', 'Once; again after Node or smd has moved'],
    ['smd service install --dry-run', 'See the files first'],
  ],
  args: {
    'dry-run': { type: 'boolean', describe: 'Print the files and change nothing' },
    force: { type: 'boolean', describe: 'Replace files of the same names that smd did not write' },
  },
  async run(ctx, { 'dry-run': dryRun, force = false }) {
    const { io } = ctx
    const { service, installService } = await openService(ctx)
    if (dryRun) {
      const { kind, files, links } = service.manager
      const texts = files.map(({ path, content }) => ({
        path,
        content: typeof content === 'string' ? content : content.toString('utf16le').replace('\ufeff', ''),
      }))
      if (io.json) return io.value({ dryRun: true, kind, files: texts, links })
      for (const { path, content } of texts) io.line(`${io.paint('bold', `${path}:`)}\n${content}`)
      for (const { path, target } of links) io.line(`${io.paint('bold', `${path}`)} -> ${target}`)
      return
    }
    const report = await installService(service, force)
    if (io.json) return io.value({ dryRun: false, ...report })
    for (const { path, was } of report.files) io.line(`${done[was]} ${path}`)
    if (report.replacedPid !== null)
      io.line(`The daemon that ran (pid ${report.replacedPid}) has ended, to make room for the service.`)
    if (!report.changed) io.line('It was installed already; nothing has changed.')
    if (report.active) io.line(`The daemon ${activityTexts[report.active]}, by ${managerNames[report.kind]}.`)
    reportUnasked(io, report.kind, report.manager, true)
    reportLinger(io, report.kind, report.lingers)
  },
})
