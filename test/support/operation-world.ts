/** Projects whose artifacts an operation replaces, adds and removes; what is there can be compared as a whole. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ObjectStore, readTree } from '../../daemon/domains/collections/work/objects/index.ts'
import {
  type Content,
  contentOf,
  type FileCalls,
  type OperationRequest,
  type OperationTools,
  type ProjectChange,
  systemCalls,
} from '../../daemon/domains/collections/work/operations/index.ts'

/** Everything below a folder: path to content, link target or `/` of an empty folder. */
export type Snapshot = Record<string, string>

export type OperationWorld = {
  root: string
  own: string
  projects: string[]
  store: ObjectStore
  tools(calls?: FileCalls): OperationTools
  /** The operation: one skill replaced, one added, one file removed, one linked, and two texts. */
  request(): Promise<OperationRequest>
  remove(): void
}

/** So that every operation has its own time. */
const START = Date.UTC(2026, 0, 2, 3, 4, 5)

export function makeOperationWorld(
  projectCount: number,
  root = mkdtempSync(join(tmpdir(), 'smd-operations-')),
): OperationWorld {
  const real = realpathSync(root)
  const own = join(real, 'library', '.smd')
  const source = join(real, 'source')
  const store = new ObjectStore(join(own, 'objects'))
  const projects = Array.from({ length: projectCount }, (_, n) => join(real, 'projects', `p ${n}`))
  return {
    root: real,
    own,
    projects,
    store,
    tools: (calls = systemCalls) => ({
      own,
      now: START,
      calls,
      keeper: {
        keep: (path) => store.keep(path),
        read: (path) => readTree(path),
        tree: (id) => store.tree(id),
        write: (tree, to) => store.write(tree, to),
      },
    }),
    async request() {
      const [changed, added] = await Promise.all([
        store.keep(join(source, 'changed')).then(contentOf),
        store.keep(join(source, 'added.md')).then(contentOf),
      ])
      return {
        kind: 'deploy',
        title: 'Deploy changed, added',
        projects: await Promise.all(projects.map((path) => changeOf(path, { changed, added }))),
      }
    },
    remove: () => rmSync(real, { recursive: true, force: true }),
  }
}

async function changeOf(
  project: string,
  { changed, added }: Record<'changed' | 'added', Content>,
): Promise<ProjectChange> {
  const root = join(project, '.claude')
  const seen = async (path: string): Promise<string> => (await readTree(join(root, path))).h1
  return {
    folder: project,
    places: [
      { path: join(root, 'skills/changed'), want: changed, expected: await seen('skills/changed') },
      { path: join(root, 'agents/deep/added.md'), want: added, expected: null },
      { path: join(root, 'commands/removed.md'), want: null, expected: await seen('commands/removed.md') },
      { path: join(root, 'skills/linked'), want: { link: '../../elsewhere' }, expected: null },
    ],
    texts: [
      { path: join(root, 'records.toml'), text: 'new = true\n', expected: 'new = false\n' },
      { path: join(project, '.codex/records.toml'), text: 'first = true\n', expected: null },
    ],
    prune: [join(root, 'commands')],
  }
}

/** Puts the projects, and the source of what comes into them, on the disk. */
export function fillOperationWorld({ root, projects }: Pick<OperationWorld, 'root' | 'projects'>): void {
  write(join(root, 'source/changed/SKILL.md'), 'New.\n')
  write(join(root, 'source/changed/deep/er/file.txt'), 'Deep.\n')
  write(join(root, 'source/added.md'), 'Added.\n')
  for (const project of projects) {
    write(join(project, '.claude/skills/changed/SKILL.md'), 'Old.\n')
    write(join(project, '.claude/skills/changed/notes.txt'), 'Theirs.\n')
    symlinkSync('../../../README.md', join(project, '.claude/skills/changed/readme'))
    write(join(project, '.claude/skills/other/SKILL.md'), 'Other.\n')
    write(join(project, '.claude/commands/removed.md'), 'Removed.\n')
    write(join(project, '.claude/records.toml'), 'new = false\n')
    write(join(project, 'README.md'), 'Read me.\n')
  }
}

export function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

export function snapshot(folder: string, prefix = '', found: Snapshot = {}): Snapshot {
  const names = readdirSync(folder)
  if (names.length === 0 && prefix !== '') found[`${prefix}/`] = ''
  for (const name of names) {
    const [path, key] = [join(folder, name), prefix === '' ? name : `${prefix}/${name}`]
    const stats = lstatSync(path)
    if (stats.isSymbolicLink()) found[key] = `-> ${readlinkSync(path)}`
    else if (stats.isDirectory()) snapshot(path, key, found)
    else found[key] = `${(stats.mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`
  }
  return found
}
