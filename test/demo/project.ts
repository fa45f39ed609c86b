/** One project of the demo: its `.claude` folder, servers, memory files, other agents' folders, records and noise. */
import { itemName } from './collection.ts'
import { type ClaudeProjectEntry, type DemoContext, type Place, someTime } from './context.ts'
import { type Decks, type Flavour, makeDecks } from './decks.ts'
import { writeProjectNoise } from './noise.ts'
import { linkSharedSkill, writeOtherAgents } from './other-agents.ts'
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
import { deployFromCollection } from './records.ts'

export type ProjectSpec = {
  /** Relative to the home folder: `projects/<group>/<name>`. */
  root: string
  name: string
  /** How many artifacts, exactly: of the scopes project and local, for all agents. */
  artifacts: number
  flavour: Flavour
  random: Random
}

export type DemoProject = {
  name: string
  /** Relative to the home folder. */
  path: string
  artifacts: number
  /** Named in `~/.claude.json`; the others are found by walking only. */
  recorded: boolean
}

/** Writes one project and notes its artifacts. */
export function writeProject(ctx: DemoContext, spec: ProjectSpec): DemoProject {
  const { root, name, random, artifacts } = spec
  const place: Place = { ctx, random, root, name, scope: 'project', seconds: someTime(random) }
  const before = ctx.expected.length
  const share = (part: number): number => Math.round(artifacts * part * (0.5 + random.next()))

  const deployed = random.chance(0.3) ? random.shuffle(ctx.collection).slice(0, Math.max(1, share(0.08))) : []
  const shared = random.chance(0.1) ? [random.pick(ctx.sharedSkills)] : []
  const decks = makeDecks(ctx.stock, random, spec.flavour, new Set([...deployed.map(itemName), ...shared]))

  writeMemory(place)
  if (deployed.length > 0) deployFromCollection(place, deployed)
  for (const skill of shared) linkSharedSkill(place, skill)
  writeClaudeFiles(place, decks, share)
  const recorded = writeServers(place, decks, share)
  if (random.chance(0.4)) writeOtherAgents(place, decks, share(0.1))

  for (let i = artifacts - (ctx.expected.length - before); i > 0; i--) {
    const skill = dressSkill(place, decks.skills.draw())
    const noted = placeSkill(place, 'claude-code', `.claude/skills/${skill.name}`, skill.files)
    if (skill.deviation) noted.deviation = skill.deviation
  }
  writeProjectNoise(place)
  return { name, path: root, artifacts: ctx.expected.length - before, recorded }
}

function writeMemory(place: Place): void {
  const { random, name } = place
  const text = `# ${name}\n\n- Build with npm run build.\n- Keep functions short.\n- Ticket prefix: ${name.slice(0, 3).toUpperCase()}.\n`
  placeFile(place, 'memory', 'claude-code', random.chance(0.2) ? '.claude/CLAUDE.md' : 'CLAUDE.md', text)
  if (random.chance(0.15)) {
    placeFile(
      place,
      'memory',
      'claude-code',
      'CLAUDE.local.md',
      'Use the test account of this machine.\n',
    ).scope = 'local'
  }
  if (random.chance(0.3)) {
    placeFile(place, 'memory', 'agents', 'AGENTS.md', `# ${name}\n\nRead docs/ first.\n`)
  }
}

function writeClaudeFiles(place: Place, decks: Decks, share: (part: number) => number): void {
  const { random } = place
  for (const command of decks.commands.drawMany(share(0.17))) {
    const folder = random.chance(0.1) ? '.claude/commands/team' : '.claude/commands'
    placeCommand(place, 'claude-code', `${folder}/${command.name}.md`, command)
  }
  for (const agent of decks.agents.drawMany(share(0.12))) {
    const folder = random.chance(0.15) ? '.claude/agents/specialists' : '.claude/agents'
    placeFile(place, 'agent', 'claude-code', `${folder}/${agent.name}.md`, agent.bytes)
  }
  for (const rule of decks.rules.drawMany(share(0.02))) {
    placeFile(place, 'rule', 'claude-code', `.claude/rules/${rule.name}.md`, rule.bytes)
  }
  if (random.chance(0.2)) {
    const style = '---\nname: Brief\ndescription: Short answers\n---\nAnswer in at most five sentences.\n'
    placeFile(place, 'output-style', 'claude-code', '.claude/output-styles/brief.md', style)
  }
  if (random.chance(0.1)) {
    const flow = "export const meta = { name: 'release', description: 'Cut a release' }\n"
    placeFile(place, 'workflow', 'claude-code', '.claude/workflows/release.js', flow)
  }
  const settings = { permissions: { allow: ['Bash(npm test)', 'Read'] } }
  placeSettings(place, '.claude/settings.json', decks.hooks.drawMany(share(0.04)), settings)
  if (random.chance(0.2)) {
    const hooks = decks.hooks.drawMany(random.chance(0.5) ? 1 : 0)
    placeSettings({ ...place, scope: 'local' }, '.claude/settings.local.json', hooks, { model: 'inherit' })
  }
}

/** `.mcp.json` and the project's entry in `~/.claude.json`; true when there is such an entry. */
function writeServers(place: Place, decks: Decks, share: (part: number) => number): boolean {
  const { random, ctx } = place
  const servers = decks.servers.drawMany(share(0.05))
  if (servers.length > 0) placeServers(place, 'claude-code', '.mcp.json', servers)
  const local = random.chance(0.15) ? decks.servers.drawMany(random.int(1, 2)) : []
  for (const { name } of local) {
    expectArtifact(place, {
      type: 'mcp',
      scope: 'local',
      name,
      host: 'claude-code',
      path: '.claude.json',
      fragment: name,
    })
  }
  if (local.length === 0 && !random.chance(0.7)) return false
  const entry: ClaudeProjectEntry = {
    allowedTools: [],
    mcpServers: Object.fromEntries(local.map(({ name, entry }) => [name, entry])),
    enabledMcpjsonServers: servers.filter(() => random.chance(0.6)).map(({ name }) => name),
    disabledMcpjsonServers: [],
    hasTrustDialogAccepted: true,
  }
  ctx.claudeProjects[`${ctx.home}/${place.root}`] = entry
  return true
}
