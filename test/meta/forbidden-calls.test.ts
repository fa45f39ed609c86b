import { describe, expect, it } from 'vitest'
import { read, repoFiles, sourceFiles, withoutComments } from './sources.ts'

/** Entries: they hand the clock, the environment and the streams to the rest. */
const entries = [
  'daemon/main.ts',
  'daemon/writer-process.ts',
  'daemon/offline.ts',
  'client-cli/main.ts',
  'client-cli/register.ts',
  'client-cli/smd.ts',
]

const rules: Array<{ what: string; pattern: RegExp; folders: string[]; except: string[] }> = [
  {
    what: 'console',
    pattern: /\bconsole\./,
    folders: ['protocol', 'migrations', 'daemon', 'client-cli', 'web', 'docs'],
    except: [],
  },
  {
    what: 'the clock outside of entries',
    pattern: /\bDate\.now\(|\bnew Date\(\)/,
    folders: ['protocol', 'migrations', 'daemon'],
    except: entries,
  },
  {
    what: 'the environment outside of entries',
    pattern: /\bprocess\.env\b/,
    folders: ['protocol', 'migrations', 'daemon', 'client-cli'],
    except: [...entries, 'client-cli/launcher.cjs', 'client-cli/dev.ts'],
  },
  {
    what: 'the terminal outside of io.ts and entries',
    pattern: /\b(stdout|stderr)\.write\(/,
    folders: ['protocol', 'migrations', 'daemon', 'client-cli'],
    except: [...entries, 'client-cli/io.ts', 'client-cli/launcher.cjs', 'client-cli/dev.ts'],
  },
  {
    what: 'a shell, or code made of text (S11)',
    pattern: /\bshell\s*:\s*(?![\s{])|\beval\(|\bnew Function\(|\bnode:vm\b|windowsVerbatimArguments/,
    folders: ['protocol', 'migrations', 'daemon', 'client-cli', 'web'],
    except: [],
  },
]

const linesWith = (file: string, text: string, pattern: RegExp): string[] =>
  text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : []))

describe('forbidden calls', () => {
  it.each(rules)('nothing uses $what', ({ pattern, folders, except }) => {
    const files = sourceFiles(...folders).filter(
      (file) => !except.includes(file) && !file.startsWith('test/meta/'),
    )
    expect(files.length).toBeGreaterThan(0)
    expect(files.flatMap((file) => linesWith(file, withoutComments(read(file)), pattern))).toEqual([])
  })
})

describe('processes (S11)', () => {
  const users = sourceFiles('protocol', 'migrations', 'daemon', 'client-cli', 'web').flatMap((file) => {
    const text = withoutComments(read(file))
    return text.includes('child_process') ? [{ file, text }] : []
  })

  it('are started by calls that take a list of arguments and do not stop the thread', () => {
    expect(users.map(({ file }) => file)).toContain('client-cli/lifecycle/launch.ts')
    const taken = users.flatMap(({ file, text }) =>
      [
        ...text.matchAll(
          /(?<!import type )\{([^{}]*)\} (?:from|= await import\() ?['"](?:node:)?child_process/g,
        ),
        ...text.matchAll(/require\('child_process'\)\.(\w+)/g),
        ...text.matchAll(/\{([^{}]*)\} = process\.getBuiltinModule\('node:child_process'\)/g),
      ].flatMap(([, names = '']) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !/^type /.test(name))
          .map((name) => ({ file, name })),
      ),
    )
    // Each file above was understood.
    expect(new Set(taken.map(({ file }) => file)).size).toBe(users.length)
    const others = taken.filter(({ name }) => !['spawn', 'execFile', 'fork'].includes(name))
    // One short call, on macOS only, when it is judged whether a process may be ended.
    expect(others).toEqual([{ file: 'daemon/kernel/service/process-start.ts', name: 'spawnSync' }])
  })

  it('get an environment and a folder that somebody thought about', () => {
    const inherited = [
      // Hands everything over to an adequate Node, as if that had been called.
      'client-cli/launcher.cjs',
      // A part of the daemon, in the environment that was chosen when the daemon was started.
      'daemon/domains/cache/peer.ts',
    ]
    const careless = users.filter(
      ({ file, text }) => !inherited.includes(file) && (!/\benv\b/.test(text) || !/\bcwd\b/.test(text)),
    )
    expect(careless.map(({ file }) => file)).toEqual([])
  })
})

describe('the files of the repository', () => {
  const texts = repoFiles().filter((file) => /\.(ts|tsx|cjs|json|md|toml|yml|sh)$|^\.ci\//.test(file))
  /** Split, so that this file does not find itself. */
  const machine = new RegExp(
    ['/wo' + 'rk/(main|shared)', '/fa' + 'rm/', '/ro' + 'ot/\\w', '/tm' + 'p/bash_jobs'].join('|'),
  )

  it('names no folder of a particular machine', () => {
    expect(texts.flatMap((file) => linesWith(file, read(file), machine))).toEqual([])
  })

  it('has no mark but @NOTE, and nothing left to do', () => {
    const mark = new RegExp('\\b(TO' + 'DO|FIX' + 'ME|XX' + 'X|HA' + 'CK)\\b')
    const sources = sourceFiles('protocol', 'migrations', 'daemon', 'client-cli', 'web', 'docs', 'test')
    expect(sources.flatMap((file) => linesWith(file, read(file), mark))).toEqual([])
  })

  it('has no file name in mixed case, but those that tools prescribe', () => {
    const fixed = /(^|\/)(README|CONTRIBUTING|CHANGELOG|LICENSE)(\.md)?$/
    const code = repoFiles().filter((file) => !fixed.test(file) && /[A-Z _]/.test(file))
    expect(code).toEqual([])
  })
})
