import { defineCommand } from '../../command.ts'
import { formatBytes } from '../../format/values.ts'

export const backupCreateCommand = defineCommand({
  name: 'backup create',
  summary: 'Copy settings and cache into a new backup; the daemon goes on meanwhile',
  examples: [['smd backup create', 'Before a change you may want to take back']],
  args: {},
  async run({ call, io }) {
    const backup = await call('backup.create', {})
    if (io.json) return io.value(backup)
    const names = backup.files.map((file) => file.name).join(', ')
    io.line(`Backup ${backup.name} made: ${names} (${formatBytes(backup.sizeBytes)})`)
    io.note(`Bring it back with: smd backup restore ${backup.name}`)
  },
})
