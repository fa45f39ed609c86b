/** Folders of agents beside Claude Code in a project (ecosystem spec 4.1 and 4.2). */
import { stringify } from 'smol-toml'
import { inPlace, type Place } from './context.ts'
import type { Decks } from './decks.ts'
import type { ExpectedArtifact } from './ledger.ts'
import { dressSkill, expectArtifact, placeFile, placeServers, placeSkill } from './placing.ts'
import { installWithLock } from './records.ts'
import type { StockText } from './stock.ts'

type Block = (place: Place, decks: Decks, budget: number) => void

/** Writes folders of other agents, in random order, until exactly `budget` artifacts are there. */
export function writeOtherAgents(place: Place, decks: Decks, budget: number): void {
  const before = place.ctx.expected.length
  const left = (): number => budget - (place.ctx.expected.length - before)
  for (const block of place.random.shuffle(blocks)) {
    if (left() > 0) block(place, decks, Math.min(left(), place.random.int(2, 8)))
  }
  placeCursorRules(place, decks, left())
}

const agentsFolder: Block = (place, decks, budget) => {
  const skills = decks.skills.drawMany(budget)
  const installed = place.random.chance(0.7)
    ? installWithLock(place, skills)
    : skills.map((skill) => placeSkill(place, 'agents', `.agents/skills/${skill.name}`, skill.files))
  for (const artifact of installed) if (place.random.chance(0.6)) linkForClaude(place, artifact)
}

/** The skills CLI links from `.claude/skills` to its canonical copy (ecosystem spec 5.3). */
function linkForClaude(place: Place, artifact: ExpectedArtifact): void {
  const alias = inPlace(place, `.claude/skills/${artifact.name}`)
  place.ctx.tree.link(alias, `../../.agents/skills/${artifact.name}`, place.seconds)
  artifact.aliases = [alias]
}

const cursor: Block = (place, decks, budget) => {
  let left = budget
  if (left > 0) left -= putSkill(place, decks, 'cursor', '.cursor/skills')
  if (left > 0) left -= putText(place, 'command', 'cursor', '.cursor/commands', decks.commands.draw())
  if (left > 0) left -= putText(place, 'agent', 'cursor', '.cursor/agents', decks.agents.draw())
  if (left > 0) {
    const servers = decks.servers.drawMany(1)
    placeServers(place, 'cursor', '.cursor/mcp.json', servers)
    left -= servers.length
  }
  placeCursorRules(place, decks, left)
}

function placeCursorRules(place: Place, decks: Decks, count: number): void {
  for (const rule of decks.rules.drawMany(count)) {
    placeFile(place, 'rule', 'cursor', `.cursor/rules/${rule.name}.mdc`, rule.bytes)
  }
}

const gemini: Block = (place, decks, budget) => {
  placeFile(
    place,
    'memory',
    'gemini-cli',
    'GEMINI.md',
    `# ${place.name}\n\nRun npm test before each commit.\n`,
  )
  for (const command of decks.commands.drawMany(budget - 1)) {
    const prompt = command.bytes.toString('utf8').slice(0, 1500)
    const toml = stringify({ description: `Runs ${command.name}`, prompt })
    placeFile(place, 'command', 'gemini-cli', `.gemini/commands/${command.name}.toml`, `${toml}\n`)
  }
}

const opencode: Block = (place, decks, budget) => {
  let left = budget
  if (left > 0) left -= putSkill(place, decks, 'opencode', '.opencode/skills')
  if (left > 0) left -= putText(place, 'agent', 'opencode', '.opencode/agents', decks.agents.draw())
  for (const command of decks.commands.drawMany(left)) {
    putText(place, 'command', 'opencode', '.opencode/commands', command)
  }
}

const copilot: Block = (place, decks, budget) => {
  let left = budget
  if (left > 0) left -= putSkill(place, decks, 'github-copilot', '.github/skills')
  if (left > 0)
    left -= putText(place, 'agent', 'github-copilot', '.github/agents', decks.agents.draw(), '.agent')
  if (left > 0) {
    const servers = decks.servers.drawMany(1)
    placeServers(place, 'github-copilot', '.vscode/mcp.json', servers, 'servers')
    left -= servers.length
  }
  for (const command of decks.commands.drawMany(left)) {
    putText(place, 'command', 'github-copilot', '.github/prompts', command, '.prompt')
  }
}

const blocks: readonly Block[] = [agentsFolder, cursor, gemini, opencode, copilot]

function putSkill(place: Place, decks: Decks, host: string, folder: string): number {
  const { name, files, deviation } = dressSkill(place, decks.skills.draw())
  const noted = placeSkill(place, host, `${folder}/${name}`, files)
  if (deviation) noted.deviation = deviation
  return 1
}

function putText(
  place: Place,
  type: 'command' | 'agent',
  host: string,
  folder: string,
  { name, bytes }: StockText,
  infix = '',
): number {
  placeFile(place, type, host, `${folder}/${name}${infix}.md`, bytes)
  return 1
}

/** Links `.claude/skills/<name>` to a skill in `~/shared/skills`, outside of the project. */
export function linkSharedSkill(place: Place, name: string): void {
  const up = '../'.repeat(place.root.split('/').length + 2)
  const at = inPlace(place, `.claude/skills/${name}`)
  place.ctx.tree.link(at, `${up}shared/skills/${name}`, place.seconds)
  expectArtifact(place, { type: 'skill', name, host: 'claude-code', path: at })
}
