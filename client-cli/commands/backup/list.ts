import type { ResultOf } from '../../../protocol/methods.ts'
import { defineCommand } from '../../command.ts'
import { formatAge, formatBytes } from '../../format/values.ts'
import type { Io } from '../../io.ts'

type Backup = ResultOf<'backup.list'>['items'][number]

export const backupListCommand = defineCommand({
  name: 'backup list',
  summary: 'List the backups, newest first',
  examples: [['smd backup list --json | jq -r ".items[0].name"', 'Name of the newest one']],
  args: {},
  async run({ call, io }) {
    const list = await call('backup.list', {})
    if (io.json) return io.value(list)
    if (list.total > 0) await showTable(io, list.items)
    for (const { name, reason } of list.damaged) io.note(`${name} cannot be used: ${reason}`)
    io.note(list.total === 0 ? 'No backups yet. Make one with: smd backup create' : `Kept in ${list.folder}`)
  },
})

async function showTable(io: Io, items: readonly Backup[]): Promise<void> {
  const now = Date.now()
  await io.table<Backup>(items, [
    { title: 'NAME', text: (b) => b.name, style: () => 'bold' },
    { title: 'MADE', text: (b) => formatAge(b.createdAt, now) },
    { title: 'WHY', text: (b) => b.reason },
    { title: 'SIZE', text: (b) => formatBytes(b.sizeBytes), align: 'right' },
    { title: 'SMD', text: (b) => b.smdVersion, style: () => 'dim' },
    { title: 'HOLDS', text: (b) => b.files.map((file) => file.name).join(', '), drop: 1 },
  ])
}
