import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, normalize } from 'node:path'
import type { PlanReason } from '../../../../../protocol/deploy-plan.ts'
import { SmdError } from '../../../../../protocol/errors.ts'
import { isLeftOut } from '../../../cache/scan/index.ts'
import { stemOf } from '../library/names.ts'
import { systemPath, type TakeOptions, type Tree } from '../objects/index.ts'
import { unlessAbsent } from '../operations/index.ts'
import { unlessAbsentAt } from '../unreadable.ts'
import type { ListedArtifact } from './collection-artifacts.ts'

/** An artifact that can go to projects. */
export type Source = {
  name: string
  type: string
  collection: string
  uuid: string | null
  /** Absolute path of the collection's copy. */
  path: string
  /** What goes to projects; null with `problem`. */
  tree: Tree | null
  problem: PlanReason | null
  /** Name of its file or folder in a container. */
  fileName: string
}

type Take = (path: string, options: TakeOptions) => Promise<Tree>

/** Reads what a listed artifact consists of, without what is not copied; `take` may keep it. */
export async function readSource(listed: ListedArtifact, take: Take): Promise<Source> {
  const { name, type, collection, uuid, path } = listed
  const source: Source = {
    name,
    type,
    collection,
    uuid,
    path: path ?? '',
    tree: null,
    problem: null,
    fileName: name,
  }
  if (!isFileName(name)) return { ...source, problem: 'bad_name' }
  if (path === null) return { ...source, problem: listed.problem ?? 'leads_out' }
  try {
    const found = await stat(path).catch(unlessAbsentAt(path))
    if (!found) return { ...source, problem: 'no_files' }
    source.fileName = found.isDirectory() ? name : `${stemOf(name)}${extensionOf(path, type)}`
    const tree = await take(path, { leaveOut: isLeftOut })
    const problem = (await leadsOut(path, tree)) ? 'leads_out' : null
    return { ...source, tree: problem ? null : tree, problem }
  } catch (error) {
    if (!(error instanceof SmdError) && (error as NodeJS.ErrnoException).code === undefined) throw error
    return { ...source, problem: 'unreadable' }
  }
}

/** Hooks and servers may be JSON; everything else that is one file is Markdown. */
const extensionOf = (path: string, type: string): string =>
  type === 'hook' || type === 'mcp' ? extname(path) || '.md' : '.md'

/** The rules for names of artifacts (formats spec section 3), and what no file system takes. */
export const isFileName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  name !== '' && !/[/\\\u0000-\u001f]|^\.|\.\./.test(name) && Buffer.byteLength(name) < 250

/** Whether a link in it leads anywhere else: what lies there is not the artifact's, and another file in another place. */
async function leadsOut(path: string, { isFile, entries }: Tree): Promise<boolean> {
  if (isFile) return false
  for (const entry of entries) {
    if (entry.kind !== 'link') continue
    const target = await readlink(systemPath(path, entry.path))
    const inside = normalize(join(dirname(entry.path), target))
    if (isAbsolute(target) || inside === '..' || inside.startsWith('../')) return true
  }
  return false
}

/** Folders of a skill whose content is deployed beside it, with the type of what is in them (formats spec section 7). */
const memberFolders: Record<string, string> = {
  commands: 'command',
  agents: 'agent',
  hooks: 'hook',
  'mcp-servers': 'mcp',
  skills: 'skill',
}

/** What a skill brings with it: artifacts of their own, in its folders. */
export async function listMembers(skill: ListedArtifact): Promise<ListedArtifact[]> {
  if (skill.type !== 'skill' || skill.path === null) return []
  const members: ListedArtifact[] = []
  for (const [folder, type] of Object.entries(memberFolders)) {
    const within = join(skill.path, folder)
    // What cannot be looked at is told of the skill itself, whose files these are.
    for (const name of (await readdir(within).catch(unlessSystem)).sort()) {
      if (name.startsWith('.') || isLeftOut(name)) continue
      const path = join(within, name)
      if (!(await isMember(path, type))) continue
      const { collection } = skill
      members.push({ name: memberName(path), type, collection, path, problem: null, uuid: null })
    }
  }
  return members
}

/** No names, when the file system refuses them. */
function unlessSystem(error: NodeJS.ErrnoException): string[] {
  if (error.code === undefined) throw error
  return []
}

const memberName = (path: string): string => stemOf(basename(path))

async function isMember(path: string, type: string): Promise<boolean> {
  const found = await lstat(path)
  if (type === 'skill') return (await lstat(join(path, 'SKILL.md')).catch(unlessAbsent)) !== null
  if (type === 'hook' || type === 'mcp') return found.isDirectory() || found.isFile()
  return found.isFile() && path.toLowerCase().endsWith('.md') && basename(path) !== 'README.md'
}
