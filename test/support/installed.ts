/** smd as users have it: the built files in a folder of their own, which can be replaced under a running daemon. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const repoRoot = join(import.meta.dirname, '../..')

export type Installed = {
  /** What `node` runs for this `smd`. */
  cli: string
  /** Puts another version in its place, as a package manager does: the old folder goes, a new one comes. */
  replaceBy(version: string): void
  /** Changes a text that stands once in the command line. */
  patchClient(from: string, to: string): void
  /** Puts a program in the place of the daemon. */
  replaceDaemon(program: string): void
  dispose(): void
}

/** Installs the build under this version. The build has to be there: `npm run build`. */
export function install(version: string): Installed {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'smd-installed-')))
  const folder = join(root, 'smd')
  put(folder, version)
  let replaced = 0
  return {
    cli: join(folder, 'dist/smd.cjs'),
    replaceBy(next) {
      const former = `${folder}.${++replaced}`
      renameSync(folder, former)
      put(folder, next)
      rmSync(former, { recursive: true })
    },
    patchClient: (from, to) => patch(join(folder, 'dist/cli.cjs'), from, to),
    replaceDaemon(program) {
      writeFileSync(join(folder, 'dist/daemon.cjs'), program)
    },
    dispose: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** The version stands in the manifest and, since that is part of the bundle, in two files of the build. */
function put(folder: string, version: string): void {
  if (!existsSync(join(repoRoot, 'dist/smd.cjs'))) throw new Error('There is no dist. Run: npm run build')
  mkdirSync(folder)
  cpSync(join(repoRoot, 'dist'), join(folder, 'dist'), { recursive: true })
  symlinkSync(join(repoRoot, 'node_modules'), join(folder, 'node_modules'))
  const manifest = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, type: undefined, version }))
  if (version === manifest.version) return
  for (const name of ['cli.cjs', 'daemon.cjs'])
    patch(join(folder, 'dist', name), `\`${manifest.version}\``, `\`${version}\``)
  writeFileSync(join(folder, 'dist/build-id.txt'), `build of ${version}\n`)
}

function patch(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`${file} does not have ${from} once`)
  writeFileSync(file, text.replace(from, to))
}
