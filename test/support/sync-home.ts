/** A library and projects that have something from it, as deploying would leave them. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ObjectStore, readTree } from '../../daemon/domains/collections/work/objects/index.ts'
import type { TestHome } from './test-daemon.ts'

export type SyncHome = {
  /** Adds an artifact to the collection: files by path, or the text of a single file. */
  add(name: string, type: 'skill' | 'command' | 'agent', content: Record<string, string> | string): void
  /** Copies it into a project (below `src`), with its record and the kept base. */
  deploy(project: string, name: string, options?: { keepBase?: boolean }): Promise<void>
  inCollection(name: string): string
  inProject(project: string, name: string): string
  /** Real path of a project. */
  project(name: string): string
  records(project: string): string
  store: ObjectStore
}

type Added = { name: string; type: string; path: string }

/** Everything below `<home>/.skillmeat`, in the collection `default`, and `<home>/src`. */
export function makeSyncHome({ home, write }: Pick<TestHome, 'home' | 'write'>): SyncHome {
  const added: Added[] = []
  const collection = '.skillmeat/collections/default'
  const store = new ObjectStore(join(home, '.skillmeat/.smd/objects'))
  const find = (name: string): Added => {
    const found = added.find((each) => each.name === name)
    if (!found) throw new Error(`${name} was not added`)
    return found
  }
  const inCollection = (name: string): string => join(home, collection, find(name).path)
  const inProject = (project: string, name: string): string =>
    join(home, 'src', project, '.claude', find(name).path)
  const recordFile = (project: string): string => join('src', project, '.claude/.skillmeat-deployed.toml')
  write(`${collection}/collection.toml`, manifest(added))
  return {
    store,
    inCollection,
    inProject,
    project: (name) => join(home, 'src', name),
    records: (project) => readFileSync(join(home, recordFile(project)), 'utf8'),
    add(name, type, content) {
      const path = typeof content === 'string' ? `${type}s/${name}.md` : `${type}s/${name}`
      added.push({ name, type, path })
      write(`${collection}/collection.toml`, manifest(added))
      if (typeof content === 'string') write(`${collection}/${path}`, content)
      else for (const [file, text] of Object.entries(content)) write(`${collection}/${path}/${file}`, text)
    },
    async deploy(project, name, { keepBase = true } = {}) {
      const { type, path } = find(name)
      const to = inProject(project, name)
      rmSync(to, { recursive: true, force: true })
      // A project to smd is what has a folder of an agent.
      write(`${join('src', project)}/.claude/.keep`)
      cpSync(inCollection(name), to, { recursive: true })
      const { h1 } = keepBase ? await store.keep(inCollection(name)) : await readTree(inCollection(name))
      const file = join(home, recordFile(project))
      const before = existsSync(file) ? readFileSync(file, 'utf8') : '# Written by a test.\n'
      write(recordFile(project), before + record(name, type, path, h1))
    },
  }
}

const manifest = (added: readonly Added[]): string =>
  [
    '# A library.\n[collection]\nname = "default"\nversion = "1.0.0"\ncreated = "2026-01-02T03:04:05"\nupdated = "2026-01-02T03:04:05"\n',
    ...added.map(
      ({ name, type, path }) =>
        `\n[[artifacts]]\nname = "${name}"\ntype = "${type}"\npath = "${path}"\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`,
    ),
  ].join('')

const record = (name: string, type: string, path: string, h1: string): string => `
[[deployed]]
artifact_name = "${name}"
artifact_type = "${type}"
from_collection = "default"
deployed_at = "2026-01-02T03:04:05.893522"
artifact_path = "${path}"
content_hash = "${h1}"
local_modifications = false
version_lineage = [
    "${h1}",
]
merge_base_snapshot = "${h1}"
deployment_profile_id = "claude_code"
platform = "claude_code"
profile_root_dir = ".claude"
collection_sha = "${h1}"
`
