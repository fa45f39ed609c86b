/** What users install: the tarball of `npm pack`, in a folder of its own, on the Node it is made for and on an old one. */
import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SampleHome, writeSampleHome } from '../../client-cli/demo/sample-home.ts'

const run = promisify(execFile)
const repoRoot = join(import.meta.dirname, '../..')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'smd-package-')))
const prefix = join(root, 'prefix')
const installed = join(prefix, 'lib/node_modules/smd')
const launcher = join(installed, 'dist/smd.cjs')

let tarball: { filename: string; files: Array<{ path: string }>; size: number }
let sample: SampleHome
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  if (!existsSync(join(repoRoot, 'dist/smd.cjs'))) throw new Error('There is no dist. Run: npm run build')
  // The build is there already and others use it, so it is not made again.
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root], {
    cwd: repoRoot,
  })
  tarball = Object.values(JSON.parse(packed.stdout))[0] as typeof tarball
  const install = ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', [...install, join(root, tarball.filename)], { cwd: root })
  sample = writeSampleHome(join(root, 'home'))
  env = {
    HOME: sample.home,
    SMD_HOME: join(root, 'smd'),
    SMD_CLAUDE_MANAGED_DIR: join(root, 'managed'),
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  }
}, 180_000)

afterAll(async () => {
  if (existsSync(launcher)) await smd('stop')
  rmSync(root, { recursive: true, force: true })
})

/** Runs the installed command as a shell would, and gives back its JSON answer. */
async function smd(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(join(prefix, 'bin/smd'), [...args, '--json'], { env, cwd: root })
  return JSON.parse(stdout)
}

/** Every package of the installed tree, by name. */
function installedPackages(): Array<{ name: string; folder: string; manifest: Record<string, unknown> }> {
  const below = join(installed, 'node_modules')
  return [
    installed,
    ...readdirSync(below)
      .filter((name) => !name.startsWith('.'))
      .map((name) => join(below, name)),
  ].map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return { name: manifest.name, folder, manifest }
  })
}

describe('the package', () => {
  it('holds what runs and what explains it, and no source or test', () => {
    const paths = tarball.files.map(({ path }) => path)
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
    expect(paths).toEqual(
      expect.arrayContaining(['dist/smd.cjs', 'dist/daemon.cjs', 'dist/THIRD-PARTY-NOTICES.txt']),
    )
    expect(paths.filter((path) => !/\.(cjs|txt)$/.test(path) && path.startsWith('dist/'))).toEqual([])
  })

  it('installs three packages, none of which runs or compiles anything (S12)', () => {
    const packages = installedPackages()
    expect(packages.map(({ name }) => name).sort()).toEqual(['better-sqlite3', 'node-addon-api', 'smd'])
    for (const { name, folder, manifest } of packages) {
      const scripts = Object.keys((manifest.scripts ?? {}) as object)
      expect(
        scripts.filter((script) => /^(pre|post)?install$/.test(script)),
        name,
      ).toEqual([])
      if (existsSync(join(folder, 'binding.gyp')))
        expect(manifest.gypfile, `${name} is not built by npm`).toBe(false)
      expect(existsSync(join(folder, 'build')), `${name} was not built`).toBe(false)
    }
  })

  it('starts, lists the projects of a home, and stops', async () => {
    const started = await smd('start')
    expect(started).toMatchObject({ schema: 1, started: true, projects: 5 })
    const list = (await smd('list')) as { total: number; items: Array<{ project: { path: string } | null }> }
    expect(list.total).toBe(started.artifacts)
    expect(new Set(list.items.flatMap(({ project }) => project?.path ?? []))).toEqual(
      new Set(sample.projects),
    )
    expect(await smd('stop')).toMatchObject({ stopped: true, pid: started.pid })
    expect(existsSync(join(root, 'smd/run/smd.sock'))).toBe(false)
  })
})

describe('the launcher on an old Node', () => {
  /** Makes any Node look like an old one before the launcher runs. */
  const fake = join(root, 'old-node.cjs')
  const message = (version: string): string =>
    `smd: this is Node ${version}, smd needs 22.12 or newer (https://nodejs.org).\n`

  beforeAll(() => {
    writeFileSync(
      fake,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })\n",
    )
  })

  it('says in one line which Node it found and which it needs, before anything else is loaded', async () => {
    const failure = await run(process.execPath, ['--require', fake, launcher, 'list'], { env }).catch(
      (error) => error,
    )
    expect(failure).toMatchObject({ code: 1, stdout: '', stderr: message('20.1.0') })
  })

  it('says so on each old Node of this machine, too', async () => {
    for (const { node, version } of oldNodes()) {
      const failure = await run(node, [launcher, 'list'], { env }).catch((error) => error)
      expect(failure).toMatchObject({ code: 1, stdout: '', stderr: message(version) })
    }
  })

  it('starts the Node of a clone where there is one, and passes on what it prints and returns', async () => {
    const clone = join(repoRoot, 'dist/smd.cjs')
    const { stdout } = await run(process.execPath, ['--require', fake, clone, '--version'], { env })
    expect(stdout.trim()).toBe(JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')).version)
    const failure = await run(process.execPath, ['--require', fake, clone, 'nonsense'], { env }).catch(
      (error) => error,
    )
    expect(failure).toMatchObject({ code: 2, stdout: '' })
  })
})

/** Nodes on the PATH that are older than what smd needs. */
function oldNodes(): Array<{ node: string; version: string }> {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  const nodes = new Set(
    folders
      .map((folder) => join(folder, 'node'))
      .filter((node) => existsSync(node))
      .map((node) => realpathSync(node)),
  )
  return [...nodes]
    .map((node) => ({
      node,
      version: execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
    }))
    .filter(({ version }) => {
      const [major = 0, minor = 0] = version.split('.').map(Number)
      return major < 22 || (major === 22 && minor < 12)
    })
}
