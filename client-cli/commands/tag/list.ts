import { defineCommand } from '../../command.ts'
import { formatCount } from '../../format/values.ts'
import type { Tag } from './tag-text.ts'

export const tagListCommand = defineCommand({
  name: 'tag list',
  summary: 'List the tags of all collections',
  groupDefault: true,
  examples: [['smd tag list', 'With how many artifacts have each']],
  args: {},
  async run({ call, io }) {
    const { items, total } = await call('tags.list', {})
    if (io.json) return io.value({ items, total })
    if (total === 0) return io.note('No tags yet. Give one to artifacts with: smd tag add TAG ARTIFACT')
    await io.table<Tag>(items, [
      { title: 'TAG', text: ({ name }) => name, style: () => 'bold', shrink: 20 },
      { title: 'SLUG', text: ({ slug, defined }) => (defined ? slug : '-') },
      { title: 'COLOUR', text: ({ color }) => color ?? '-' },
      { title: 'ARTIFACTS', text: ({ artifactCount }) => formatCount(artifactCount), align: 'right' },
      { title: 'DESCRIPTION', text: ({ description }) => description || '-', shrink: 20 },
    ])
  },
})
