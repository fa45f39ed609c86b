/** The user's own artifacts: `~/.claude`, `~/.claude.json`, `~/.agents` and the folders of other agents. */
import { stringify } from 'smol-toml'
import { type DemoContext, isoTime, jsonText, type Place, someTime } from './context.ts'
import { type Decks, makeDecks } from './decks.ts'
import { gitTreeSha } from './folder-hashes.ts'
import {
  dressSkill,
  expectArtifact,
  placeCommand,
  placeFile,
  placeServers,
  placeSettings,
  placeSkill,
} from './placing.ts'
import type { Random } from './random.ts'
import { editMain } from './records.ts'

/** Writes everything of the user scope, except plugins and the collection. */
export function writeUserHome(
  ctx: DemoContext,
  enabledPlugins: Record<string, boolean>,
  random: Random,
): void {
  const place: Place = { ctx, random, root: '', scope: 'user', name: 'home', seconds: someTime(random) }
  const decks = makeDecks(ctx.stock, random, 'wshobson', new Set(ctx.sharedSkills))
  writeClaude(place, decks, enabledPlugins)
  writeAgentsFolder(place, decks)
  writeCodex(place, decks)
  writeRest(place, decks)
}

function writeClaude(place: Place, decks: Decks, enabledPlugins: Record<string, boolean>): void {
  const host = 'claude-code'
  for (const skill of decks.skills.drawMany(20)) {
    const { name, files, deviation } = dressSkill(place, skill)
    const noted = placeSkill(place, host, `.claude/skills/${name}`, files)
    if (deviation) noted.deviation = deviation
  }
  for (const command of decks.commands.drawMany(12)) {
    placeCommand(place, host, `.claude/commands/${command.name}.md`, command)
  }
  for (const agent of decks.agents.drawMany(10)) {
    placeFile(place, 'agent', host, `.claude/agents/${agent.name}.md`, agent.bytes)
  }
  for (const rule of decks.rules.drawMany(3)) {
    placeFile(place, 'rule', host, `.claude/rules/${rule.name}.md`, rule.bytes)
  }
  const style = '---\nname: Teacher\ndescription: Explains each step\n---\nSay why before you say what.\n'
  placeFile(place, 'output-style', host, '.claude/output-styles/teacher.md', style)
  const flow = "export const meta = { name: 'weekly', description: 'Weekly clean-up' }\n"
  placeFile(place, 'workflow', host, '.claude/workflows/weekly.js', flow)
  placeFile(place, 'memory', host, '.claude/CLAUDE.md', '# Everywhere\n\n- Prefer small commits.\n')
  placeSettings(place, '.claude/settings.json', decks.hooks.drawMany(4), { enabledPlugins })
}

/** `~/.agents/skills` with the lock of the skills CLI (ecosystem spec 5.4); half of them linked for Claude Code. */
function writeAgentsFolder(place: Place, decks: Decks): void {
  const { ctx, random } = place
  const entries: Record<string, unknown> = {}
  decks.skills.drawMany(10).forEach((skill, i) => {
    const edited = i === 3
    const files = edited ? editMain(skill.files, 'this machine') : skill.files
    const noted = placeSkill(place, 'agents', `.agents/skills/${skill.name}`, files)
    if (edited) noted.localModified = true
    if (i % 2 === 0) {
      const alias = `.claude/skills/${skill.name}`
      ctx.tree.link(alias, `../../.agents/skills/${skill.name}`, place.seconds)
      noted.aliases = [alias]
    }
    const installedAt = isoTime(place.seconds - random.int(0, 20 * 86_400))
    entries[skill.name] = {
      source: skill.origin.repo,
      sourceType: 'github',
      sourceUrl: `https://github.com/${skill.origin.repo}.git`,
      skillPath: `${skill.origin.repoPath}/SKILL.md`,
      skillFolderHash: gitTreeSha(skill.files),
      installedAt,
      updatedAt: installedAt,
    }
  })
  const lock = { version: 3, skills: entries, dismissed: {}, lastSelectedAgents: ['claude-code'] }
  ctx.tree.write('.agents/.skill-lock.json', jsonText(lock), place.seconds)
}

function writeCodex(place: Place, decks: Decks): void {
  for (const skill of decks.skills.drawMany(3)) {
    placeSkill(place, 'codex', `.codex/skills/${skill.name}`, skill.files)
  }
  for (const prompt of decks.commands.drawMany(4)) {
    placeFile(place, 'command', 'codex', `.codex/prompts/${prompt.name}.md`, prompt.bytes)
  }
  placeFile(place, 'memory', 'codex', '.codex/AGENTS.md', '# Everywhere\n\nAsk before deleting files.\n')
  const servers = decks.servers.drawMany(12).filter(({ entry }) => typeof entry.command === 'string')
  const table = servers.slice(0, 2).map(({ name, entry }) => {
    const { command, args, env } = entry
    return [name, { command, ...(args ? { args } : {}), ...(env ? { env } : {}) }] as const
  })
  const config = stringify({ model: 'default', mcp_servers: Object.fromEntries(table) })
  place.ctx.tree.write('.codex/config.toml', `${config}\n`, place.seconds)
  for (const [name] of table) {
    expectArtifact(place, { type: 'mcp', name, host: 'codex', path: '.codex/config.toml', fragment: name })
  }
}

function writeRest(place: Place, decks: Decks): void {
  const skill = (host: string, folder: string): void => {
    const { name, files } = decks.skills.draw()
    placeSkill(place, host, `${folder}/${name}`, files)
  }
  skill('cursor', '.cursor/skills')
  skill('cursor', '.cursor/skills')
  placeServers(place, 'cursor', '.cursor/mcp.json', decks.servers.drawMany(2))
  skill('gemini-cli', '.gemini/skills')
  placeServers(place, 'gemini-cli', '.gemini/settings.json', decks.servers.drawMany(1), 'mcpServers', {
    theme: 'dark',
  })
  placeFile(place, 'memory', 'gemini-cli', '.gemini/GEMINI.md', '# Everywhere\n\nAnswer in English.\n')
  skill('opencode', '.config/opencode/skills')
  skill('opencode', '.config/opencode/skills')
  const command = decks.commands.draw()
  placeFile(place, 'command', 'opencode', `.config/opencode/commands/${command.name}.md`, command.bytes)
  const agent = decks.agents.draw()
  placeFile(place, 'agent', 'opencode', `.config/opencode/agents/${agent.name}.md`, agent.bytes)

  const servers = decks.servers.drawMany(5)
  for (const { name } of servers) {
    expectArtifact(place, { type: 'mcp', name, host: 'claude-code', path: '.claude.json', fragment: name })
  }
  const state = {
    numStartups: 412,
    mcpServers: Object.fromEntries(servers.map(({ name, entry }) => [name, entry])),
    projects: place.ctx.claudeProjects,
  }
  place.ctx.tree.write('.claude.json', jsonText(state), place.seconds)
}
