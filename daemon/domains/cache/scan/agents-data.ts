// biome-ignore-all lint/suspicious/noTemplateCurlyInString: paths are templates of our own
/**
 * Where agents keep their artifacts, as data (ecosystem spec 2.1 and section 4). The table moves every few weeks:
 * a new agent is a new row here, or one in the configuration; no code changes.
 *
 * Paths of a project, a plugin or a collection are relative to it. Paths of the user start with `~` (home),
 * `$CLAUDE` (Claude Code's folder), `$XDG` (the configuration folder) or `${VARIABLE:-default}`.
 */
import type { FolderRow } from './agents.ts'

/** Agents that know skills: id, folder in a project, folder of the user. */
export const skillAgents: ReadonlyArray<readonly [id: string, project: string | null, user: string | null]> =
  [
    // These share .agents/skills in a project
    ['amp', '.agents/skills', '$XDG/agents/skills'],
    ['antigravity', '.agents/skills', '~/.gemini/antigravity/skills'],
    ['antigravity-cli', '.agents/skills', '~/.gemini/antigravity-cli/skills'],
    ['cline', '.agents/skills', '~/.agents/skills'],
    ['codex', '.agents/skills', '${CODEX_HOME:-~/.codex}/skills'],
    ['cursor', '.agents/skills', '~/.cursor/skills'],
    ['deepagents', '.agents/skills', '~/.deepagents/agent/skills'],
    ['dexto', '.agents/skills', '~/.agents/skills'],
    ['firebender', '.agents/skills', '~/.firebender/skills'],
    ['gemini-cli', '.agents/skills', '~/.gemini/skills'],
    ['github-copilot', '.agents/skills', '~/.copilot/skills'],
    ['kimi-code-cli', '.agents/skills', '~/.agents/skills'],
    ['loaf', '.agents/skills', '~/.agents/skills'],
    ['opencode', '.agents/skills', '$XDG/opencode/skills'],
    ['promptscript', '.agents/skills', null],
    ['replit', '.agents/skills', '$XDG/agents/skills'],
    ['universal', '.agents/skills', '$XDG/agents/skills'],
    ['warp', '.agents/skills', '~/.agents/skills'],
    ['zed', '.agents/skills', '~/.agents/skills'],
    // These have a folder of their own
    ['claude-code', '.claude/skills', '$CLAUDE/skills'],
    ['aider-desk', '.aider-desk/skills', '~/.aider-desk/skills'],
    ['astrbot', 'data/skills', '~/.astrbot/data/skills'],
    ['augment', '.augment/skills', '~/.augment/skills'],
    ['autohand-code', '.autohand/skills', '${AUTOHAND_HOME:-~/.autohand}/skills'],
    ['bob', '.bob/skills', '~/.bob/skills'],
    ['codearts-agent', '.codeartsdoer/skills', '~/.codeartsdoer/skills'],
    ['codebuddy', '.codebuddy/skills', '~/.codebuddy/skills'],
    ['codemaker', '.codemaker/skills', '~/.codemaker/skills'],
    ['codestudio', '.codestudio/skills', '~/.codestudio/skills'],
    ['command-code', '.commandcode/skills', '~/.commandcode/skills'],
    ['continue', '.continue/skills', '~/.continue/skills'],
    ['cortex', '.cortex/skills', '~/.snowflake/cortex/skills'],
    ['crush', '.crush/skills', '~/.config/crush/skills'],
    ['devin', '.devin/skills', '$XDG/devin/skills'],
    ['droid', '.factory/skills', '~/.factory/skills'],
    ['eve', 'agent/skills', null],
    ['forgecode', '.forge/skills', '~/.forge/skills'],
    ['goose', '.goose/skills', '$XDG/goose/skills'],
    ['hermes-agent', '.hermes/skills', '${HERMES_HOME:-~/.hermes}/skills'],
    ['iflow-cli', '.iflow/skills', '~/.iflow/skills'],
    ['inference-sh', '.inferencesh/skills', '~/.inferencesh/skills'],
    ['jazz', '.jazz/skills', '~/.jazz/skills'],
    ['junie', '.junie/skills', '~/.junie/skills'],
    ['kilo', '.kilocode/skills', '~/.kilocode/skills'],
    ['kiro-cli', '.kiro/skills', '~/.kiro/skills'],
    ['kode', '.kode/skills', '~/.kode/skills'],
    ['lingma', '.lingma/skills', '~/.lingma/skills'],
    ['mcpjam', '.mcpjam/skills', '~/.mcpjam/skills'],
    ['mistral-vibe', '.vibe/skills', '${VIBE_HOME:-~/.vibe}/skills'],
    ['moxby', '.moxby/skills', '~/.moxby/skills'],
    ['mux', '.mux/skills', '~/.mux/skills'],
    ['neovate', '.neovate/skills', '~/.neovate/skills'],
    ['ona', '.ona/skills', '~/.ona/skills'],
    ['openclaw', 'skills', '~/.openclaw/skills'],
    ['openhands', '.openhands/skills', '~/.openhands/skills'],
    ['pi', '.pi/skills', '~/.pi/agent/skills'],
    ['pochi', '.pochi/skills', '~/.pochi/skills'],
    ['qoder', '.qoder/skills', '~/.qoder/skills'],
    ['qoder-cn', '.qoder/skills', '~/.qoder-cn/skills'],
    ['qwen-code', '.qwen/skills', '~/.qwen/skills'],
    ['reasonix', '.reasonix/skills', '~/.reasonix/skills'],
    ['roo', '.roo/skills', '~/.roo/skills'],
    ['rovodev', '.rovodev/skills', '~/.rovodev/skills'],
    ['tabnine-cli', '.tabnine/agent/skills', '~/.tabnine/agent/skills'],
    ['terramind', '.terramind/skills', '~/.terramind/skills'],
    ['tinycloud', '.tinycloud/skills', '~/.tinycloud/skills'],
    ['trae', '.trae/skills', '~/.trae/skills'],
    ['trae-cn', '.trae/skills', '~/.trae-cn/skills'],
    ['windsurf', '.windsurf/skills', '~/.codeium/windsurf/skills'],
    ['zcode', '.zcode/skills', '~/.zcode/skills'],
    ['zencoder', '.zencoder/skills', '~/.zencoder/skills'],
    ['zenflow', '.zencoder/skills', '~/.zencoder/skills'],
    ['adal', '.adal/skills', '~/.adal/skills'],
  ]

/** Folders many agents read: listed once, under this host instead of the first agent's. */
export const sharedFolders: Readonly<Record<string, string>> = {
  '.agents/skills': 'agents',
  '~/.agents/skills': 'agents',
  '$XDG/agents/skills': 'universal',
}

/** Skill folders in a project whose name also means other things: what is no skill there is no mistake. */
export const ambiguousFolders: ReadonlySet<string> = new Set(['skills', 'agent/skills', 'data/skills'])

/**
 * Everything but the skill folders above: host, scope, type, paths, shape, then for the shape `files` the extensions
 * the host reads, for `folders` the names of the main file, and last the depth where it is not the shape's usual one.
 */
export const otherFolders: readonly FolderRow[] = [
  // Claude Code (ecosystem spec 2.1)
  ['claude-code', 'project', 'command', ['.claude/commands'], 'files', ['.md']],
  ['claude-code', 'project', 'agent', ['.claude/agents'], 'files', ['.md']],
  ['claude-code', 'project', 'rule', ['.claude/rules'], 'files', ['.md']],
  ['claude-code', 'project', 'output-style', ['.claude/output-styles'], 'files', ['.md'], 1],
  ['claude-code', 'project', 'workflow', ['.claude/workflows'], 'files', ['.js'], 1],
  ['claude-code', 'project', 'memory', ['CLAUDE.md', '.claude/CLAUDE.md'], 'file'],
  ['claude-code', 'local', 'memory', ['CLAUDE.local.md'], 'file'],
  ['claude-code', 'user', 'command', ['$CLAUDE/commands'], 'files', ['.md']],
  ['claude-code', 'user', 'agent', ['$CLAUDE/agents'], 'files', ['.md']],
  ['claude-code', 'user', 'rule', ['$CLAUDE/rules'], 'files', ['.md']],
  ['claude-code', 'user', 'output-style', ['$CLAUDE/output-styles'], 'files', ['.md'], 1],
  ['claude-code', 'user', 'workflow', ['$CLAUDE/workflows'], 'files', ['.js'], 1],
  ['claude-code', 'user', 'memory', ['$CLAUDE/CLAUDE.md'], 'file'],
  ['claude-code', 'managed', 'skill', ['.claude/skills'], 'skills'],
  ['claude-code', 'managed', 'agent', ['.claude/agents'], 'files', ['.md']],
  ['claude-code', 'managed', 'memory', ['CLAUDE.md'], 'file'],

  // Codex
  ['codex', 'project', 'skill', ['.codex/skills'], 'skills'],
  ['codex', 'project', 'command', ['.codex/commands'], 'files', ['.md']],
  ['codex', 'project', 'agent', ['.codex/agents'], 'files', ['.md', '.toml']],
  ['codex', 'project', 'memory', ['CODEX.md'], 'file'],
  ['codex', 'user', 'command', ['${CODEX_HOME:-~/.codex}/prompts'], 'files', ['.md']],
  ['codex', 'user', 'agent', ['${CODEX_HOME:-~/.codex}/agents'], 'files', ['.md', '.toml']],
  ['codex', 'user', 'memory', ['${CODEX_HOME:-~/.codex}/AGENTS.md'], 'file'],

  // Gemini CLI
  ['gemini-cli', 'project', 'skill', ['.gemini/skills'], 'skills'],
  ['gemini-cli', 'project', 'command', ['.gemini/commands'], 'files', ['.toml']],
  ['gemini-cli', 'project', 'memory', ['GEMINI.md', '.gemini/GEMINI.md'], 'file'],
  ['gemini-cli', 'user', 'command', ['~/.gemini/commands'], 'files', ['.toml']],
  ['gemini-cli', 'user', 'memory', ['~/.gemini/GEMINI.md'], 'file'],

  // Cursor
  ['cursor', 'project', 'skill', ['.cursor/skills'], 'skills'],
  ['cursor', 'project', 'command', ['.cursor/commands'], 'files', ['.md']],
  ['cursor', 'project', 'agent', ['.cursor/agents'], 'files', ['.md']],
  ['cursor', 'project', 'rule', ['.cursor/rules'], 'files', ['.mdc', '.md']],
  ['cursor', 'project', 'memory', ['.cursorrules', 'CURSOR.md'], 'file'],
  ['cursor', 'user', 'command', ['~/.cursor/commands'], 'files', ['.md']],
  ['cursor', 'user', 'agent', ['~/.cursor/agents'], 'files', ['.md']],
  ['cursor', 'user', 'rule', ['~/.cursor/rules'], 'files', ['.mdc', '.md']],

  // OpenCode; it reads both the singular and the plural
  ['opencode', 'project', 'skill', ['.opencode/skills', '.opencode/skill'], 'skills'],
  ['opencode', 'project', 'command', ['.opencode/commands', '.opencode/command'], 'files', ['.md']],
  ['opencode', 'project', 'agent', ['.opencode/agents', '.opencode/agent'], 'files', ['.md']],
  ['opencode', 'user', 'skill', ['$XDG/opencode/skill'], 'skills'],
  ['opencode', 'user', 'command', ['$XDG/opencode/commands', '$XDG/opencode/command'], 'files', ['.md']],
  ['opencode', 'user', 'agent', ['$XDG/opencode/agents', '$XDG/opencode/agent'], 'files', ['.md']],
  ['opencode', 'user', 'memory', ['$XDG/opencode/AGENTS.md'], 'file'],

  // GitHub Copilot
  ['github-copilot', 'project', 'skill', ['.github/skills'], 'skills'],
  ['github-copilot', 'project', 'agent', ['.github/agents'], 'files', ['.agent.md', '.md']],
  ['github-copilot', 'project', 'command', ['.github/prompts'], 'files', ['.prompt.md']],
  ['github-copilot', 'project', 'rule', ['.github/instructions'], 'files', ['.instructions.md']],
  ['github-copilot', 'project', 'memory', ['.github/copilot-instructions.md'], 'file'],
  ['github-copilot', 'user', 'agent', ['~/.copilot/agents'], 'files', ['.agent.md', '.md']],

  // Read by most agents
  ['agents', 'project', 'memory', ['AGENTS.md'], 'file'],

  // Plugins (ecosystem spec 3.1): the default folders; a manifest may add to and replace them
  ['claude-code', 'plugin', 'skill', ['skills'], 'skills'],
  ['claude-code', 'plugin', 'command', ['commands'], 'files', ['.md']],
  ['claude-code', 'plugin', 'agent', ['agents'], 'files', ['.md']],
  ['claude-code', 'plugin', 'output-style', ['output-styles'], 'files', ['.md'], 1],
  ['claude-code', 'plugin', 'workflow', ['workflows'], 'files', ['.js'], 1],

  // SkillMeat's collections (formats spec sections 1 and 9)
  ['skillmeat', 'collection', 'skill', ['skills'], 'skills'],
  ['skillmeat', 'collection', 'command', ['commands'], 'files', ['.md']],
  ['skillmeat', 'collection', 'agent', ['agents'], 'files', ['.md']],
  ['skillmeat', 'collection', 'hook', ['hooks'], 'folders', ['settings.json']],
  ['skillmeat', 'collection', 'mcp', ['mcp'], 'folders', ['.mcp.json', 'mcp.json']],
  ['skillmeat', 'collection', 'workflow', ['workflows'], 'folders', ['workflow.yaml', 'workflow.json']],
  [
    'skillmeat',
    'collection',
    'plugin',
    ['composites'],
    'folders',
    ['composite.md', 'plugin.md', 'plugin.json'],
  ],
]

/** Names that make a folder a project although no row above starts with them (ecosystem spec section 10). */
export const otherMarkers: readonly string[] = [
  '.mcp.json',
  'skills-lock.json',
  '.skillmeat-project.toml',
  'opencode.json',
  'opencode.jsonc',
]

/** Common folders that make a project only with one of these inside. */
export const nestedMarkers: Readonly<Record<string, readonly string[]>> = {
  '.github': ['skills', 'agents', 'prompts', 'instructions', 'hooks', 'copilot-instructions.md'],
  '.vscode': ['mcp.json'],
}
