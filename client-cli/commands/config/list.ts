import { defineCommand } from '../../command.ts'
import { originText, type Setting, valueText } from './setting-text.ts'

export const configListCommand = defineCommand({
  name: 'config list',
  summary: 'List all settings with their values and where each comes from',
  examples: [['smd config list', 'The file is named below the table']],
  args: {},
  async run({ call, io }) {
    const { items, total, file, warnings } = await call('config.list', {})
    if (io.json) return io.value({ items, total, file, warnings })
    await io.table<Setting>(items, [
      { title: 'KEY', text: (s) => s.key, style: () => 'bold' },
      { title: 'VALUE', text: (s) => valueText(s.value) || '-', shrink: 10 },
      { title: 'FROM', text: originText, style: () => 'dim', shrink: 8, drop: 1 },
      { title: 'WHAT', text: (s) => s.describe, style: () => 'dim', shrink: 20, drop: 2 },
    ])
    for (const warning of warnings) io.note(warning)
    io.note(`Kept in ${file}`)
  },
})
