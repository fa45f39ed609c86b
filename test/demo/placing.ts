/** Puts one artifact where it belongs and notes it in the list of expected artifacts. */
import type { ArtifactType } from '../../protocol/vocabulary.ts'
import { inPlace, jsonText, type Place } from './context.ts'
import { deviate, frontmatterName, rename } from './deviations.ts'
import type { Deviation, ExpectedArtifact } from './ledger.ts'
import type { HookTable, StockServer, StockSkill, StockText } from './stock.ts'
import type { FileBytes } from './tree-writer.ts'

/** One hook handler with its event and matcher. */
export type LooseHook = { event: string; matcher: string | undefined; handler: Record<string, unknown> }

const deviations: readonly Deviation[] = ['bom', 'crlf', 'latin1', 'invalid-yaml', 'no-frontmatter']
const deviationRate = 0.02

/** Notes an expected artifact of the place. */
export function expectArtifact(
  place: Place,
  artifact: Pick<ExpectedArtifact, 'type' | 'name' | 'host' | 'path'> & Partial<ExpectedArtifact>,
): ExpectedArtifact {
  const noted: ExpectedArtifact = { scope: place.scope, unit: place.root, fragment: '', ...artifact }
  place.ctx.expected.push(noted)
  return noted
}

/** Writes a skill folder as given. `folder` is relative to the place, e.g. `.claude/skills/review`. */
export function placeSkill(
  place: Place,
  host: string,
  folder: string,
  files: readonly FileBytes[],
): ExpectedArtifact {
  const at = inPlace(place, folder)
  for (const file of files) {
    place.ctx.tree.write(`${at}/${file.path}`, file.bytes, place.seconds + place.random.int(0, 3600))
  }
  return expectArtifact(place, { type: 'skill', name: baseName(folder), host, path: at })
}

/** A copy as a project has it: renamed in every fifth case, with helper files of its own, seldom deviating. */
export function dressSkill(
  place: Place,
  skill: StockSkill,
): { name: string; files: FileBytes[]; deviation?: Deviation } {
  const { random } = place
  const own = place.root !== '' && random.chance(0.2)
  const name = own ? `${place.name.split('-')[0]}-${skill.name}` : skill.name
  const deviation = random.chance(deviationRate) ? random.pick(deviations) : undefined
  let done: Deviation | undefined
  const files = skill.files.map((file) => {
    if (file.path !== 'SKILL.md') return file
    const bytes = own ? rename(file.bytes, name) : file.bytes
    const broken = deviation ? deviate(bytes, deviation) : null
    if (broken) done = deviation
    return { path: file.path, bytes: broken ?? bytes }
  })
  return { name, files: [...files, ...helperFiles(place, files)], ...(done ? { deviation: done } : {}) }
}

/**
 * Small scripts and templates, because the corpus leaves scripts out;
 * with them a project of 100 artifacts has about 375 artifact files (performance spec section 4).
 */
function helperFiles(place: Place, present: readonly FileBytes[]): FileBytes[] {
  const { random } = place
  const folder = random.pick(['scripts', 'assets', 'references'] as const)
  const taken = new Set(present.map((file) => file.path))
  return Array.from({ length: random.int(0, 10) }, (_, i) => {
    const lines = Array.from({ length: random.int(3, 24) }, () => random.hex40().slice(0, random.int(8, 40)))
    if (folder === 'scripts') {
      const text = `#!/bin/sh\nset -eu\n${lines.map((line) => `echo ${line}`).join('\n')}\n`
      return { path: `scripts/step-${i + 1}.sh`, bytes: Buffer.from(text) }
    }
    const text = `# Sheet ${i + 1}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`
    return { path: `${folder}/sheet-${i + 1}.md`, bytes: Buffer.from(text) }
  }).filter((file) => !taken.has(file.path))
}

/** Writes a single-file artifact as given. */
export function placeFile(
  place: Place,
  type: ArtifactType,
  host: string,
  relPath: string,
  bytes: Buffer | string,
): ExpectedArtifact {
  const at = inPlace(place, relPath)
  place.ctx.tree.write(at, bytes, place.seconds + place.random.int(0, 3600))
  const stem = baseName(relPath).replace(/(\.agent|\.prompt)?\.[a-z]+$/, '')
  const name = type === 'agent' ? (frontmatterName(Buffer.from(bytes)) ?? stem) : stem
  return expectArtifact(place, { type, name, host, path: at })
}

/** Writes a command, in rare cases deviating. */
export function placeCommand(
  place: Place,
  host: string,
  relPath: string,
  command: StockText,
): ExpectedArtifact {
  const deviation = place.random.chance(deviationRate) ? place.random.pick(deviations) : undefined
  const broken = deviation ? deviate(command.bytes, deviation) : null
  const noted = placeFile(place, 'command', host, relPath, broken ?? command.bytes)
  if (broken && deviation) noted.deviation = deviation
  return noted
}

/** Writes a JSON file of servers; `key` is `mcpServers`, or `servers` for VS Code. */
export function placeServers(
  place: Place,
  host: string,
  relPath: string,
  servers: readonly StockServer[],
  key = 'mcpServers',
  rest: Record<string, unknown> = {},
): void {
  const at = inPlace(place, relPath)
  const table = Object.fromEntries(servers.map(({ name, entry }) => [name, entry]))
  place.ctx.tree.write(at, jsonText({ ...rest, [key]: table }), place.seconds)
  for (const { name } of servers) expectArtifact(place, { type: 'mcp', name, host, path: at, fragment: name })
}

/** Hooks of several sources as one table; hooks with the same event and matcher share a group. */
export function mergeHooks(hooks: readonly LooseHook[]): HookTable {
  const table: HookTable = {}
  for (const { event, matcher, handler } of hooks) {
    table[event] ??= []
    const group = table[event].find((g) => g.matcher === matcher)
    if (group) group.hooks.push(handler)
    else table[event].push({ ...(matcher === undefined ? {} : { matcher }), hooks: [handler] })
  }
  return table
}

/** Notes every handler of a hook table that was written to `path` (relative to the home folder). */
export function expectHooks(place: Place, path: string, table: HookTable): void {
  for (const [event, groups] of Object.entries(table)) {
    groups.forEach((group, g) => {
      group.hooks.forEach((_, h) => {
        expectArtifact(place, {
          type: 'hook',
          name: event,
          host: 'claude-code',
          path,
          fragment: `${event}/${g}/${h}`,
        })
      })
    })
  }
}

/** Writes a settings file that holds hooks, among other settings. */
export function placeSettings(
  place: Place,
  relPath: string,
  hooks: readonly LooseHook[],
  rest: Record<string, unknown> = {},
): void {
  const at = inPlace(place, relPath)
  const table = mergeHooks(hooks)
  place.ctx.tree.write(at, jsonText({ ...rest, ...(hooks.length ? { hooks: table } : {}) }), place.seconds)
  expectHooks(place, at, table)
}

const baseName = (relPath: string): string => relPath.slice(relPath.lastIndexOf('/') + 1)
