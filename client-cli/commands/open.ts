import { defineCommand } from '../command.ts'
import { reachDaemon } from '../lifecycle/reach.ts'
import { showPage } from '../lifecycle/show-page.ts'

export const openCommand = defineCommand({
  name: 'open',
  summary: 'Show the page in the browser, signed in',
  examples: [
    ['smd open', 'The overview; starts the daemon when it does not run'],
    ['smd open projects', 'A certain page'],
    ['smd open --print', 'Only print the address, for another browser or over SSH'],
  ],
  args: {
    path: { type: 'string', positional: true, describe: 'Which page: projects, artifacts, matrix, …' },
    print: { type: 'boolean', describe: 'Print the address, open nothing' },
  },
  async run(ctx, { path, print }) {
    const connection = await reachDaemon(ctx)
    try {
      const shown = await showPage(ctx, connection.call, { path, print })
      if (ctx.io.json) ctx.io.value(shown)
    } finally {
      connection.close()
    }
  },
})
