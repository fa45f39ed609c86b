/** The built smd in a home made from the corpus: what users have, with what they have. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildDemoHome } from '../demo/build-demo-home.ts'
import { createSandbox, type RunOptions, type Sandbox, type SandboxOptions } from './daemon.ts'
import { type WatchProcess, watchProcess } from './watch-process.ts'

/** What `node` runs for the built `smd`. */
export const builtCli = join(import.meta.dirname, '../../dist/smd.cjs')
/** What `node` runs for the built daemon. */
export const builtDaemon = join(import.meta.dirname, '../../dist/daemon.cjs')

export type DemoBox = Sandbox & {
  /** Real path of a folder below the home with the artifacts of a project of the corpus, not there before. */
  addProject(path: string): string
  write: ReturnType<typeof writerOf>
  /** `smd watch --json` for these topics, which has told how things stand. The caller ends it. */
  watch(...topics: string[]): Promise<WatchProcess>
  /** Names of what `smd list` shows of a project, sorted. */
  names(project: string): Promise<string[]>
}

export type DemoBoxOptions = SandboxOptions & {
  /** How many projects. */
  count?: number
  /** Variables beside those of every sandbox. */
  env?: NodeJS.ProcessEnv
}

/** Writes a file and the folders it needs; paths are absolute, or below the home. Returns it in full. */
export const writerOf =
  (box: Sandbox) =>
  (path: string, content: string): string => {
    const file = path.startsWith(box.root) ? path : join(box.home, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    return file
  }

/** Builds the home; no daemon runs yet. `npm run build` comes first. */
export function createDemoBox({ count = 2, env = {}, ...options }: DemoBoxOptions = {}): DemoBox {
  if (!existsSync(builtCli)) throw new Error('There is no dist. Run: npm run build')
  const box = createSandbox({ ...options, sample: false })
  Object.assign(box.env, env)
  const [first] = buildDemoHome({ count, out: box.root, artifactsPerProject: 20 }).projects
  const model = join(box.home, first?.path ?? '', '.claude')
  const built = (more: RunOptions = {}): RunOptions => ({ cli: builtCli, ...more })
  const json: Sandbox['json'] = (words, more) => box.json(words, built(more))
  return {
    ...box,
    smd: (words, more) => box.smd(words, built(more)),
    json,
    addProject(path) {
      const full = join(box.home, path)
      mkdirSync(full, { recursive: true })
      cpSync(model, join(full, '.claude'), { recursive: true, verbatimSymlinks: true })
      return full
    },
    write: writerOf(box),
    async watch(...topics) {
      const words = ['--json', ...topics.flatMap((topic) => ['--topic', topic])]
      const watching = watchProcess(box, words, { program: builtCli })
      await watching.until(({ kind }) => kind === 'snapshot')
      return watching
    },
    async names(project) {
      const { items } = await json(['list', '--project', project, '--limit', '1000'])
      return (items as Array<{ name: string }>).map(({ name }) => name).sort()
    },
  }
}
