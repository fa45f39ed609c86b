// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the templates of the table
/**
 * Where agents keep hooks and MCP servers, as data (ecosystem spec 2.1, 4.2, 7.2). A new place is a new row.
 *
 * Paths of a project or the managed folder are relative to it; paths of the user are templates as in agents-data.ts.
 * A path that ends in `/*.json` stands for all such files of a folder.
 */
import type { ArtifactScope } from '../../../../protocol/vocabulary.ts'
import type { ConfigFormat } from './config-file.ts'

/**
 * How a file says its hooks: `groups` is `{Event: [{matcher, hooks: [handler]}]}` (ecosystem spec 2.5), `handlers` is
 * `{Event: [handler]}` (Cursor, Copilot, Windsurf).
 */
export type HookShape = 'groups' | 'handlers'

export type ConfigLocation = {
  host: string
  scope: ArtifactScope
  path: string
  format: ConfigFormat
  /** Key of the table of servers; `wrapped?` = `mcpServers`, or the whole file when there is no such key. */
  servers?: string
  hooks?: HookShape
}

type Row = readonly [
  host: string,
  scope: ArtifactScope,
  paths: readonly string[],
  what: { servers?: string; hooks?: HookShape },
  format?: ConfigFormat,
]

const mcpServers = { servers: 'mcpServers' } as const
const groups = { hooks: 'groups' } as const
const handlers = { hooks: 'handlers' } as const

/** A program's folder of settings on Linux, macOS and Windows. */
const applicationData = (path: string): string[] => [
  `$XDG/${path}`,
  `~/Library/Application Support/${path}`,
  `\${APPDATA:-~/AppData/Roaming}/${path}`,
]

const rows: readonly Row[] = [
  ['claude-code', 'project', ['.claude/settings.json'], groups],
  ['claude-code', 'local', ['.claude/settings.local.json'], groups],
  ['claude-code', 'project', ['.mcp.json'], { servers: 'wrapped?' }],
  ['claude-code', 'user', ['$CLAUDE/settings.json'], groups],
  ['claude-code', 'managed', ['managed-settings.json', 'managed-settings.d/*.json'], groups],
  ['claude-code', 'managed', ['managed-mcp.json'], mcpServers],
  ['claude-desktop', 'user', applicationData('Claude/claude_desktop_config.json'), mcpServers],

  ['cursor', 'project', ['.cursor/mcp.json'], mcpServers],
  ['cursor', 'project', ['.cursor/hooks.json'], handlers],
  ['cursor', 'user', ['~/.cursor/mcp.json'], mcpServers],
  ['cursor', 'user', ['~/.cursor/hooks.json'], handlers],

  ['vscode', 'project', ['.vscode/mcp.json'], { servers: 'servers' }],
  ['vscode', 'user', applicationData('Code/User/mcp.json'), { servers: 'servers' }],
  ['vscode', 'user', applicationData('Code - Insiders/User/mcp.json'), { servers: 'servers' }],
  ['vscode', 'user', applicationData('VSCodium/User/mcp.json'), { servers: 'servers' }],

  ['codex', 'project', ['.codex/config.toml'], { servers: 'mcp_servers', hooks: 'groups' }, 'toml'],
  ['codex', 'project', ['.codex/hooks.json'], groups],
  [
    'codex',
    'user',
    ['${CODEX_HOME:-~/.codex}/config.toml'],
    { servers: 'mcp_servers', hooks: 'groups' },
    'toml',
  ],
  ['codex', 'user', ['${CODEX_HOME:-~/.codex}/hooks.json'], groups],

  ['gemini-cli', 'project', ['.gemini/settings.json'], { ...mcpServers, ...groups }],
  ['gemini-cli', 'user', ['~/.gemini/settings.json'], { ...mcpServers, ...groups }],
  ['antigravity', 'user', ['~/.gemini/antigravity/mcp_config.json'], mcpServers],
  ['qwen-code', 'project', ['.qwen/settings.json'], { ...mcpServers, ...groups }],
  ['qwen-code', 'user', ['~/.qwen/settings.json'], { ...mcpServers, ...groups }],
  ['tabnine-cli', 'project', ['.tabnine/agent/settings.json'], { ...mcpServers, ...groups }],
  ['tabnine-cli', 'user', ['~/.tabnine/agent/settings.json'], { ...mcpServers, ...groups }],

  [
    'opencode',
    'project',
    ['opencode.json', 'opencode.jsonc', '.opencode/opencode.json', '.opencode/opencode.jsonc'],
    { servers: 'mcp' },
  ],
  ['opencode', 'user', ['$XDG/opencode/opencode.json', '$XDG/opencode/opencode.jsonc'], { servers: 'mcp' }],
  ['crush', 'project', ['crush.json', '.crush.json'], { servers: 'mcp' }],
  ['crush', 'user', ['$XDG/crush/crush.json'], { servers: 'mcp' }],

  ['github-copilot', 'project', ['.github/hooks/*.json'], handlers],
  ['github-copilot', 'user', ['~/.copilot/mcp-config.json'], mcpServers],
  ['github-copilot', 'user', ['~/.copilot/hooks/*.json'], handlers],

  ['windsurf', 'project', ['.windsurf/hooks.json'], handlers],
  ['windsurf', 'user', ['~/.codeium/windsurf/mcp_config.json'], mcpServers],
  ['windsurf', 'user', ['~/.codeium/windsurf/hooks.json'], handlers],

  ['goose', 'user', ['$XDG/goose/config.yaml'], { servers: 'extensions' }, 'yaml'],
  ['continue', 'user', ['~/.continue/config.yaml'], mcpServers, 'yaml'],
  ['trae', 'project', ['.trae/mcp.json'], mcpServers],
  ['trae', 'user', applicationData('Trae/User/mcp.json'), mcpServers],
  ['kiro-cli', 'project', ['.kiro/settings/mcp.json'], mcpServers],
  ['kiro-cli', 'user', ['~/.kiro/settings/mcp.json'], mcpServers],
  ['roo', 'project', ['.roo/mcp.json'], mcpServers],
  ['droid', 'project', ['.factory/mcp.json'], mcpServers],
  ['droid', 'project', ['.factory/settings.json'], groups],
  ['droid', 'user', ['~/.factory/mcp.json'], mcpServers],
  ['droid', 'user', ['~/.factory/settings.json'], groups],
  ['junie', 'project', ['.junie/mcp/mcp.json'], mcpServers],
  ['junie', 'user', ['~/.junie/mcp/mcp.json'], mcpServers],
  ['amp', 'project', ['.amp/settings.json'], { servers: 'amp.mcpServers' }],
  ['amp', 'user', ['$XDG/amp/settings.json'], { servers: 'amp.mcpServers' }],
  ['zed', 'project', ['.zed/settings.json'], { servers: 'context_servers' }],
  ['zed', 'user', ['$XDG/zed/settings.json'], { servers: 'context_servers' }],
]

/** The table, one line per file. */
export const configLocations: readonly ConfigLocation[] = rows.flatMap(([host, scope, paths, what, format]) =>
  paths.map((path) => ({ host, scope, path, format: format ?? 'json', ...what })),
)

/** First path components of the project rows: a folder that holds none of them needs no second look. */
export const projectConfigRoots: ReadonlySet<string> = new Set(
  configLocations
    .filter((row) => row.scope === 'project' || row.scope === 'local')
    .map((row) => row.path.split('/')[0] as string),
)
