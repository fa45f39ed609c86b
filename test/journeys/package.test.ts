/** What users install: the tarball of `npm pack`, in a folder of its own, on each Node it is made for and on an old one. */
import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
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
import { manPages } from '../../docs/generate/man.ts'

const run = promisify(execFile)
const repoRoot = join(import.meta.dirname, '../..')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'smd-package-')))
const prefix = join(root, 'prefix')
const installed = join(prefix, 'lib/node_modules/smd')
const launcher = join(installed, 'dist/smd.cjs')

/** The oldest Node that smd promises to run on, and the one it is made with. */
const nodes = {
  22: join(repoRoot, 'test/support/node-22/node_modules/node/bin/node'),
  24: process.execPath,
}

type Tarball = { filename: string; files: Array<{ path: string }>; size: number; unpackedSize: number }
let tarball: Tarball
let sample: SampleHome

beforeAll(async () => {
  if (!existsSync(join(repoRoot, 'dist/smd.cjs'))) throw new Error('There is no dist. Run: npm run build')
  // The build is there already and others use it, so it is not made again.
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root], {
    cwd: repoRoot,
  })
  tarball = Object.values(JSON.parse(packed.stdout))[0] as Tarball
  // Without scripts, so that whatever needs one is missing below.
  const install = [
    'install',
    '--global',
    '--ignore-scripts',
    '--prefix',
    prefix,
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
  ]
  await run('npm', [...install, join(root, tarball.filename)], { cwd: root })
  sample = writeSampleHome(join(root, 'home'))
}, 180_000)

afterAll(async () => {
  for (const node of Object.values(nodes)) if (existsSync(launcher)) await smd(node, 'stop')
  rmSync(root, { recursive: true, force: true })
})

/** A home of smd for each Node, so that one does not answer for the other. */
const environment = (node: string): NodeJS.ProcessEnv => ({
  HOME: sample.home,
  SMD_HOME: join(root, node === nodes[22] ? 'smd-22' : 'smd'),
  SMD_CLAUDE_MANAGED_DIR: join(root, 'managed'),
  SMD_WEB_PORT: '0',
  PATH: [dirname(node), '/usr/bin', '/bin'].join(delimiter),
})

/** Runs the installed command as a shell would that finds this Node first, and gives back its JSON answer. */
async function smd(node: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(join(prefix, 'bin/smd'), [...args, '--json'], {
    env: environment(node),
    cwd: root,
  })
  return JSON.parse(stdout)
}

/** Bytes of all files below a folder, as `du --apparent-size` counts them. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0)
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
    const page =
      /^dist\/web\/(?:index\.html|favicon\.svg|views\.json|assets\/[\w.-]+\.(?:js|css))(?:\.br|\.gz)?$/
    expect(
      paths.filter((path) => path.startsWith('dist/') && !/\.(cjs|txt|1)$/.test(path) && !page.test(path)),
    ).toEqual([])
  })

  it('brings the manual pages, which npm puts where man looks for them', () => {
    const packed = tarball.files.flatMap(({ path }) => /^dist\/man\/(.+)$/.exec(path)?.[1] ?? [])
    expect(packed.toSorted()).toEqual(Object.keys(manPages()).toSorted())
    const linked = join(prefix, 'share/man/man1')
    expect(readdirSync(linked).toSorted()).toEqual(packed.toSorted())
    expect(readFileSync(join(linked, 'smd.1'), 'utf8')).toBe(manPages()['smd.1'])
  })

  it('is as large as docs/packaging.md says', () => {
    const page = readFileSync(join(repoRoot, 'docs/packaging.md'), 'utf8')
    const documented = (what: string): number =>
      Number(new RegExp(`^\\| ${what} \\| ([\\d.]+)`, 'm').exec(page)?.[1])
    expect(documented('Packages at run time besides smd')).toBe(installedPackages().length - 1)
    const sizes = {
      Tarball: tarball.size,
      'Tarball, unpacked': tarball.unpackedSize,
      Installed: bytesBelow(installed),
    }
    // A change of a tenth is worth a new figure.
    for (const [what, bytes] of Object.entries(sizes)) {
      const told = documented(what)
      expect(Math.abs(bytes / 1e6 - told), `${what}: ${(bytes / 1e6).toFixed(2)} MB`).toBeLessThan(told / 10)
    }
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

  it.each(Object.entries(nodes))(
    'lacks nothing on Node %s that a script would have made (S12)',
    async (major, node) => {
      const home = join(root, `untouched-${major}`)
      const { stdout } = await run(join(prefix, 'bin/smd'), ['doctor', '--json'], {
        env: { ...environment(node), SMD_HOME: home },
        cwd: root,
      })
      const { items } = JSON.parse(stdout) as { items: Array<{ check: string; state: string }> }
      for (const check of ['node', 'sqlite'])
        expect(items.find((item) => item.check === check)).toMatchObject({ state: 'ok' })
      expect(existsSync(home), 'doctor makes nothing').toBe(false)
    },
  )

  it.each(Object.entries(nodes))('runs on Node %s: starts, lists a home, stops', async (major, node) => {
    expect(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })).toMatch(
      new RegExp(`^${major}\\.`),
    )
    const started = await smd(node, 'start')
    expect(started).toMatchObject({ schema: 1, started: true, projects: 5 })
    expect(realpathSync(`/proc/${started.pid}/exe`)).toBe(realpathSync(node))
    const list = (await smd(node, 'list')) as {
      total: number
      items: Array<{ project: { path: string } | null }>
    }
    expect(list.total).toBe(started.artifacts)
    expect(new Set(list.items.flatMap(({ project }) => project?.path ?? []))).toEqual(
      new Set(sample.projects),
    )
    expect(await smd(node, 'stop')).toMatchObject({ stopped: true, pid: started.pid })
    expect(existsSync(join(environment(node).SMD_HOME ?? '', 'run/smd.sock'))).toBe(false)
  })
})

describe('the launcher on an old Node', () => {
  /** Makes any Node look like an old one before the launcher runs. */
  const fake = join(root, 'old-node.cjs')
  const env = { PATH: process.env.PATH, HOME: root, SMD_HOME: join(root, 'smd-old') }
  const message = (version: string): string =>
    `smd: this is Node ${version}, smd needs 22.14 or newer (https://nodejs.org).\n`

  const pretend = (version: string): void => {
    const versions = JSON.stringify({ node: version, napi: '9' })
    writeFileSync(
      fake,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, ...${versions} } })\n`,
    )
  }

  // 22.13 and the first of 23 have an older interface for native modules, in which SQLite's would crash.
  it.each(['20.1.0', '22.13.1', '23.5.0'])(
    'says in one line that it found %s and which it needs, before anything else is loaded',
    async (version) => {
      pretend(version)
      const failure = await run(process.execPath, ['--require', fake, launcher, 'list'], { env }).catch(
        (error) => error,
      )
      expect(failure).toMatchObject({ code: 1, stdout: '', stderr: message(version) })
    },
  )

  it('says so on each old Node of this machine, too', async () => {
    for (const { node, version } of oldNodes()) {
      const failure = await run(node, [launcher, 'list'], { env }).catch((error) => error)
      expect(failure).toMatchObject({ code: 1, stdout: '', stderr: message(version) })
    }
  })

  it('starts the Node of a clone where there is one, and passes on what it prints and returns', async () => {
    pretend('20.1.0')
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
      return major < 22 || (major === 22 && minor < 14)
    })
}
