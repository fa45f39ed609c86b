/**
 * Builds what is published: `dist/smd.cjs` (launcher, any Node), `dist/cli.cjs` and its chunks, `dist/daemon.cjs` and
 * the thread entries, the page in `dist/web`, and the manual pages in `dist/man`. Everything but better-sqlite3 is
 * bundled, so that an installation has two packages and starts quickly (performance spec section 8). CommonJS, because
 * it loads faster than modules.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin, type RolldownOutput } from 'rolldown'
import { manPages } from './docs/generate/man.ts'
import { buildPage } from './web/build.ts'

const dist = join(import.meta.dirname, 'dist')

/**
 * yargs measures text with libraries that take 24 of its 39 ms to load, for scripts it never prints here. Its own use
 * of them is replaced by plain lengths; smd's tables use the real string-width.
 */
const lightYargs: Plugin = {
  name: 'light-yargs',
  resolveId(source, importer) {
    const light = ['string-width', 'strip-ansi', 'wrap-ansi'].includes(source)
    return light && importer && /node_modules[/\\](cliui|yargs)[/\\]/.test(importer)
      ? `\0light:${source}`
      : null
  },
  load(id) {
    if (!id.startsWith('\0light:')) return null
    return {
      'string-width': 'export default (text) => text.length',
      'strip-ansi': 'export default (text) => text',
      'wrap-ansi': `export default (text, width) => text.split('\\n').map((line) => {
        const lines = ['']
        for (const word of line.split(' ')) {
          const last = lines[lines.length - 1]
          if (last === '') lines[lines.length - 1] = word
          else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = last + ' ' + word
          else lines.push(word)
        }
        return lines.join('\\n')
      }).join('\\n')`,
    }[id.slice('\0light:'.length)]
  },
}

/**
 * pino brings threads, streams and compiled redaction for logs that are written elsewhere. Here it makes lines and hands
 * them over, so what it never uses is left out; it would cost the daemon 5 ms of its start.
 */
const lightPino: Plugin = {
  name: 'light-pino',
  resolveId(source, importer) {
    const unused = ['@pinojs/redact', 'on-exit-leak-free', 'sonic-boom', 'thread-stream'].includes(source)
    return unused && importer && /node_modules[/\\]pino[/\\]/.test(importer) ? `\0unused:${source}` : null
  },
  load(id) {
    if (!id.startsWith('\0unused:')) return null
    const message = JSON.stringify(`${id.slice('\0unused:'.length)} is not part of smd`)
    return `module.exports = class { constructor() { throw new Error(${message}) } }`
  },
}

/**
 * ws is here to answer WebSockets: it opens none, and packs nothing. What it would load for that is left out, and what it
 * needs for an answer is loaded with the first one; together they would take 8 MB of a daemon that nobody looks at.
 */
const lightWs: Plugin = {
  name: 'light-ws',
  resolveId(source, importer) {
    const isOfWs = importer && /node_modules[/\\]ws[/\\]/.test(importer)
    return isOfWs && source in lightModules ? `\0of-ws:${source}` : null
  },
  load: (id) => (id.startsWith('\0of-ws:') ? (lightModules[id.slice('\0of-ws:'.length)] ?? null) : null),
}

const builtin = (name: string, members: string[]): string => {
  const load = `process.getBuiltinModule('node:${name}')`
  return `module.exports = { ${members.map((member) => `${member}: (...given) => ${load}.${member}(...given)`).join()} }`
}
const missing = "throw new Error('not part of smd')"
const lightModules: Record<string, string> = {
  https: 'module.exports = {}',
  tls: 'module.exports = {}',
  zlib: 'module.exports = {}',
  crypto: builtin('crypto', ['createHash', 'randomBytes', 'randomFillSync']),
  http: "module.exports = { get STATUS_CODES() { return process.getBuiltinModule('node:http').STATUS_CODES } }",
  // Written in C; it does without where they are not installed.
  bufferutil: missing,
  'utf-8-validate': missing,
}

/**
 * What chunks share of rolldown's own is a file of its own, which every command would have to load. The first chunk of
 * the command line gets a copy instead.
 */
const ownRuntime: Plugin = {
  name: 'own-runtime',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk' || !file.isEntry || file.name !== 'cli') continue
      file.code = file.code.replace(
        /require\("\.\/([^"]*rolldown-runtime[^"]*)"\)/g,
        (_call, name: string) => {
          const runtime = files[name]
          if (runtime?.type !== 'chunk') throw new Error(`${name} is not in the bundle`)
          return `(()=>{const exports={};${runtime.code};return exports})()`
        },
      )
    }
  },
}

async function bundle(input: Record<string, string>, prefix: string): Promise<RolldownOutput> {
  return build({
    input,
    platform: 'node',
    external: ['better-sqlite3'],
    plugins: [lightYargs, lightPino, lightWs, ownRuntime],
    // yargs asks where it lies only to extend a configuration file, and what is in the first chunk needs no second one.
    checks: { emptyImportMeta: false, ineffectiveDynamicImport: false },
    transform: { target: 'node22.14', define: { SMD_BUNDLED: 'true' } },
    output: {
      dir: dist,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: `${prefix}-[name]-[hash].cjs`,
      minify: { compress: true, mangle: true, codegen: true },
      exports: 'auto',
    },
  })
}

/** Licences of the packages whose code is in the bundle. */
function writeNotices(outputs: ReadonlyArray<Pick<RolldownOutput, 'output'>>): void {
  const modules = outputs.flatMap(({ output }) =>
    output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])),
  )
  const folders = new Set(
    modules.flatMap((id) => /^(.*node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1] ?? []),
  )
  const notices = [...folders].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return `${name} ${version} (${license})\n\n${licenseText(folder, license)}`
  })
  writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(72)}\n`))
}

function licenseText(folder: string, license: string): string {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'LICENSE-MIT.txt']) {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  // Public domain: nothing has to be told, and its package tells nothing.
  if (license === 'Unlicense') return 'Released into the public domain; see https://unlicense.org.\n'
  throw new Error(`${folder} has no licence file; its notice cannot be written`)
}

/** The same for equal builds: a running daemon tells by it whether the files it came from were replaced by others. */
function writeBuildId(): void {
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^web[/\\]|\.cjs$/.test(name) && statSync(join(dist, name)).isFile())
    .toSorted()
  const hash = createHash('sha256')
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(dist, name)))
  writeFileSync(join(dist, 'build-id.txt'), `${hash.digest('hex')}\n`)
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
const source = (path: string): string => join(dirname(dist), path)
const outputs = [
  await bundle({ cli: source('client-cli/smd.ts') }, 'cli'),
  await bundle(
    {
      daemon: source('daemon/main.ts'),
      'scanner-thread': source('daemon/scanner-thread.ts'),
      'writer-process': source('daemon/writer-process.ts'),
    },
    'daemon',
  ),
]
writeNotices([...outputs, await buildPage(join(dist, 'web'))])
mkdirSync(join(dist, 'man'))
for (const [name, page] of Object.entries(manPages())) writeFileSync(join(dist, 'man', name), page)
writeBuildId()
copyFileSync(source('client-cli/launcher.cjs'), join(dist, 'smd.cjs'))
chmodSync(join(dist, 'smd.cjs'), 0o755)
