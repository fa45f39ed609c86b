/** Random changes of the files of a home, the same for the same seed. */
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** Numbers from 0 to below 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export type RandomFiles = {
  /** Makes one change and says which. */
  change(): string
}

const names = ['alpha', 'beta', 'gamma', 'delta']
const main = (name: string, text: string): string =>
  `---\nname: ${name}\ndescription: ${text}\n---\n${text}\n`

/** `bases`: folders that exist and stay; artifacts are made and changed in them. */
export function randomFiles(bases: readonly string[], random: () => number): RandomFiles {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  let serial = 0

  const places = (base: string): string[] =>
    [
      '.claude/skills',
      '.claude/commands',
      '.claude/agents',
      '.agents/skills',
      '.claude',
      '.codex',
      'skills',
      'commands',
    ].map((path) => join(base, path))

  /** A path that may or may not be there. */
  const somewhere = (): string => {
    const place = pick(places(pick(bases)))
    const depth = 1 + Math.floor(random() * 3)
    const parts = Array.from({ length: depth }, () => pick(names))
    return join(place, ...parts)
  }
  const file = (): string => {
    const base = pick(bases)
    const roll = random()
    if (roll < 0.1) return join(base, pick(['CLAUDE.md', 'AGENTS.md', '.mcp.json', 'skills-lock.json']))
    if (roll < 0.15) return join(base, '.claude', pick(['settings.json', '.skillmeat-deployed.toml']))
    const path = somewhere()
    return roll < 0.5
      ? join(path, 'SKILL.md')
      : roll < 0.75
        ? `${path}.md`
        : join(path, pick(['notes.txt', 'SKILL.md']))
  }
  const content = (path: string): string => {
    serial++
    if (path.endsWith('.json'))
      return JSON.stringify({ mcpServers: { [`server-${serial}`]: { command: 'true' } } })
    if (path.endsWith('.toml')) return `serial = ${serial}\n`
    return main(pick(names), `text ${serial} ${'x'.repeat(serial % 50)}`)
  }
  /** Something that is there, at random; null when the walk comes to nothing. */
  const existing = (): string | null => {
    let at = pick(places(pick(bases)))
    for (let depth = 0; depth < 4; depth++) {
      if (!isFolder(at)) break
      const entries = readdirSync(at).sort()
      if (entries.length === 0 || (depth > 0 && random() < 0.3)) break
      at = join(at, pick(entries))
    }
    return existsSync(at) || isLink(at) ? at : null
  }

  const put = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true })
    if (isFolder(path)) rmSync(path, { recursive: true })
    writeFileSync(path, content(path))
  }
  const changes: Record<string, () => string> = {
    write: () => {
      const path = file()
      put(path)
      return path
    },
    save: () => {
      const path = file()
      put(`${path}.new`)
      if (isFolder(path)) rmSync(path, { recursive: true })
      renameSync(`${path}.new`, path)
      return path
    },
    append: () => {
      const path = existing()
      if (path !== null && existsSync(path) && !isFolder(path)) appendFileSync(path, `more ${serial++}\n`)
      return String(path)
    },
    remove: () => {
      const path = existing()
      if (path !== null) rmSync(path, { recursive: true })
      return String(path)
    },
    move: () => {
      const from = existing()
      const to = somewhere()
      if (from === null || to.startsWith(`${from}/`) || from === to) return 'nothing'
      mkdirSync(dirname(to), { recursive: true })
      if (existsSync(to) || isLink(to)) rmSync(to, { recursive: true })
      if (existsSync(from) || isLink(from)) renameSync(from, to)
      return `${from} -> ${to}`
    },
    folders: () => {
      const path = join(somewhere(), pick(names), pick(names))
      mkdirSync(path, { recursive: true })
      return path
    },
    link: () => {
      const target = random() < 0.2 ? somewhere() : (existing() ?? somewhere())
      const path = somewhere()
      mkdirSync(dirname(path), { recursive: true })
      rmSync(path, { recursive: true, force: true })
      symlinkSync(target, path)
      return `${path} => ${target}`
    },
  }
  const weights = [
    'write',
    'write',
    'write',
    'save',
    'append',
    'append',
    'remove',
    'move',
    'move',
    'folders',
    'link',
  ]
  return {
    change() {
      const kind = pick(weights)
      try {
        return `${kind} ${(changes[kind] as () => string)()}`
      } catch (error) {
        // A file where a folder would have to be, a loop of links: nothing happened, which is also a case
        return `${kind}: ${(error as NodeJS.ErrnoException).code}`
      }
    },
  }
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
