/** Hooks and MCP servers of the sample home. Nothing here is ever started; hosts are reserved example names. */

/** A variable as Claude Code expands it in server entries (ecosystem spec 7.1). */
const reference = (name: string, fallback?: string): string =>
  `\${${name}${fallback === undefined ? '' : `:-${fallback}`}}`

/** Hooks of the user's settings. */
export const userHooks = {
  Notification: [{ hooks: [{ type: 'command', command: 'printf "\\a"', timeout: 5 }] }],
}

/** Hooks of the webshop: a guard before commands, a formatter after edits. */
export const webshopHooks = {
  PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'node tools/refuse-force-push.js' }] }],
  PostToolUse: [
    { matcher: 'Edit|Write', hooks: [{ type: 'command', command: 'npx prettier --check .', timeout: 60 }] },
  ],
}

export const userServers = {
  'docs-search': { type: 'http', url: 'https://docs.example.com/mcp' },
}

export const webshopServers = {
  postgres: {
    command: 'npx',
    args: ['-y', '@example/postgres-mcp', '--read-only'],
    env: { DATABASE_URL: reference('DATABASE_URL', 'postgres://localhost/webshop') },
  },
}

/** Kept in `~/.claude.json` for one checkout only (local scope). */
export const mobileLocalServers = {
  'device-farm': {
    type: 'http',
    url: 'https://devices.example.com/mcp',
    headers: { Authorization: `Bearer ${reference('FARM_TOKEN')}` },
  },
}

/** An address without a type: a mistake that smd points out. */
export const pipelineServers = {
  warehouse: { url: 'https://warehouse.example.com/mcp' },
}
