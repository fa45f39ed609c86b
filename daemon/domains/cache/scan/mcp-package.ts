/** What a server's command line runs: the package behind `npx`, `uvx`, `docker run` and the like. */
import { looksSecret } from '../../../kernel/secrets/redact.ts'
import type { ArtifactOrigin } from '../../upstream/index.ts'
import { recordedOrigin } from './origins.ts'
import { gitSource } from './source-text.ts'
import { unsupported } from './upstream-place.ts'

export type ServerPackage = {
  /** As given, e.g. `@scope/server@1.2.0`; holds nothing secret. */
  label: string
  /** E.g. `npm:@scope/server`; null when it cannot be told. */
  source: string | null
  /** Exact version asked for; null for `latest`, ranges and none. */
  version: string | null
}

const npmRunners = /^(?:npx|bunx|pnpx|dlx)$/
const pythonRunners = /^(?:uvx|pipx)$/
const npmName = /^((?:@[\w.-]+\/)?[\w.-]+)(?:@([\w.^~*+-]+))?$/
const pythonName = /^([\w.-]+(?:\[[\w,.-]+\])?)(?:(?:==|@)([\w.+!-]+))?$/
const imageName = /^([\w.-]+(?::\d+)?(?:\/[\w.-]+)+|[\w.-]+)(?::([\w.-]+))?(?:@sha256:[0-9a-f]+)?$/

/** The package a command runs; null when the command is no runner, or nothing safe can be said. */
export function serverPackage(command: string, args: readonly string[]): ServerPackage | null {
  // Windows needs `cmd /c npx …`
  const words = [command, ...args].map((word) => word.trim()).filter((word) => word !== '')
  let [program = '', ...rest] = words
  let runner = runnerName(program)
  if (runner === 'cmd' && rest[0]?.toLowerCase() === '/c') {
    program = rest[1] ?? ''
    rest = rest.slice(2)
    runner = runnerName(program)
  }
  if (
    (runner === 'npm' && (rest[0] === 'exec' || rest[0] === 'x')) ||
    (runner === 'bun' && rest[0] === 'x')
  ) {
    return npmPackage(rest.slice(1))
  }
  if ((runner === 'pnpm' || runner === 'yarn') && rest[0] === 'dlx') return npmPackage(rest.slice(1))
  if (runner === 'uv' && rest[0] === 'tool' && rest[1] === 'run') return pythonPackage(rest.slice(2))
  if (runner === 'pipx') return pythonPackage(rest[0] === 'run' ? rest.slice(1) : rest)
  if (npmRunners.test(runner)) return npmPackage(rest)
  if (pythonRunners.test(runner)) return pythonPackage(rest)
  if ((runner === 'docker' || runner === 'podman') && rest[0] === 'run') return image(rest.slice(1))
  return null
}

/** Where to ask whether a package is still the newest; npm knows, others are not asked. */
export function packageOrigin({ source, version }: ServerPackage): ArtifactOrigin | undefined {
  const name = /^npm:(.+)$/.exec(source ?? '')?.[1]
  if (source === null) return undefined
  if (name === undefined) return recordedOrigin({ place: unsupported, version })
  if (version === null) return recordedOrigin({ place: { source: 'not_pinned', path: null }, version })
  return recordedOrigin({ place: { source: { kind: 'npm', name, registry: null }, path: '' }, version })
}

const runnerName = (program: string): string =>
  (program.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat|ps1)$/, '')

const exact = (version: string | undefined): string | null =>
  version !== undefined && /^v?\d+(?:\.\d+)+[\w.+-]*$/.test(version) ? version : null

function npmPackage(args: readonly string[]): ServerPackage | null {
  const named = args.findIndex((arg) => /^(?:-p|--package)(?:=|$)/.test(arg))
  const flag = named >= 0 ? (args[named] as string) : ''
  const word = flag.includes('=')
    ? flag.slice(flag.indexOf('=') + 1)
    : named >= 0
      ? args[named + 1]
      : args.find((arg) => !arg.startsWith('-'))
  const match = word === undefined ? null : npmName.exec(word)
  if (!match || looksSecret(word as string)) return word === undefined ? null : fromGit(word)
  return { label: word as string, source: `npm:${match[1]}`, version: exact(match[2]) }
}

function pythonPackage(args: readonly string[]): ServerPackage | null {
  const from = args.indexOf('--from')
  const word = from >= 0 ? args[from + 1] : args.find((arg) => !arg.startsWith('-'))
  const match = word === undefined ? null : pythonName.exec(word)
  if (!match || looksSecret(word as string)) return word === undefined ? null : fromGit(word)
  return {
    label: word as string,
    source: `pypi:${(match[1] as string).replace(/\[.*/, '')}`,
    version: exact(match[2]),
  }
}

function fromGit(word: string): ServerPackage | null {
  const source = /^(?:git\+|git@|https?:|ssh:|github:)/.test(word) ? gitSource(word) : null
  return source === null ? null : { label: source, source, version: null }
}

/** Options of `docker run` that take a value in the next word, as far as servers use them. */
const valued = new Set(
  '-e --env --env-file -v --volume -p --publish --name --network --net --mount -w --workdir -u --user --entrypoint --platform --add-host -h --hostname -l --label -m --memory --cpus --gpus'.split(
    ' ',
  ),
)

function image(args: readonly string[]): ServerPackage | null {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (valued.has(arg)) i++
    else if (!arg.startsWith('-')) {
      const match = imageName.exec(arg)
      if (!match || (match[2] !== undefined && looksSecret(match[2]))) return null
      return { label: arg, source: `docker:${match[1]}`, version: exact(match[2]) }
    }
  }
  return null
}
