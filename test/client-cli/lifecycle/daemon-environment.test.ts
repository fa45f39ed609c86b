import { describe, expect, it } from 'vitest'
import { daemonEnvironment } from '../../../client-cli/lifecycle/daemon-environment.ts'
import { machineFolders } from '../../../daemon/kernel/config/machine-folders.ts'
import { homeFolder, resolvePaths } from '../../../daemon/kernel/config/paths.ts'
import { resolveSettings } from '../../../daemon/kernel/config/schema.ts'
import { read, sourceFiles, withoutComments } from '../../meta/sources.ts'

/** An empty environment that remembers which variables were looked up in it. */
function recording(): { env: NodeJS.ProcessEnv; asked: Set<string> } {
  const asked = new Set<string>()
  const env = new Proxy({} as NodeJS.ProcessEnv, {
    get(_, name) {
      asked.add(String(name))
      return undefined
    },
  })
  return { env, asked }
}

/** Set by a service manager for the one process it starts; inherited from a shell's they would say something wrong. */
const ofServiceManagers = ['INVOCATION_ID', 'LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET']

describe('daemonEnvironment (S8)', () => {
  it('keeps every variable the daemon looks up, on each system', () => {
    const { env, asked } = recording()
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      resolvePaths(env, platform, '/home/me', null, () => '/')
      machineFolders(env, platform, '/home/me')
      homeFolder(env, platform, '/home/me')
      resolveSettings(null, env, '/home/me')
    }
    // Those that are spelt out, also where they are read under a condition.
    for (const file of sourceFiles('daemon')) {
      for (const [, name = ''] of withoutComments(read(file)).matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b/g))
        asked.add(name)
    }
    for (const name of ofServiceManagers) asked.delete(name)
    expect(asked.size).toBeGreaterThan(30)
    const all = Object.fromEntries([...asked].map((name) => [name, 'x']))
    expect(daemonEnvironment(all)).toEqual(all)
  })

  it('keeps what upstreams are asked as', () => {
    const names = ['GITHUB_TOKEN', 'GH_TOKEN', 'SMD_GITHUB_TOKEN', 'GH_CONFIG_DIR', 'SSH_AUTH_SOCK']
    const env = Object.fromEntries(names.map((name) => [name, 'x']))
    expect(daemonEnvironment(env)).toEqual(env)
  })

  it('leaves out other keys, tokens, and what makes Node load code or open a port', () => {
    const secrets = [
      ...ofServiceManagers,
      ...['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GITLAB_TOKEN', 'NPM_TOKEN', 'npm_config__auth'],
      ...['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'GOOGLE_APPLICATION_CREDENTIALS', 'DATABASE_URL'],
      ...['CLAUDE_CODE_OAUTH_TOKEN', 'SSH_ASKPASS', 'KUBECONFIG', 'HOMEBREW_GITHUB_API_TOKEN'],
      ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_INSPECT_RESUME_ON_START', 'NODE_V8_COVERAGE', 'LD_PRELOAD'],
      ...[
        'DYLD_INSERT_LIBRARIES',
        'VSCODE_INSPECTOR_OPTIONS',
        'BASH_ENV',
        'ELECTRON_RUN_AS_NODE',
        'MY_SMD_TOKEN',
      ],
    ]
    expect(daemonEnvironment(Object.fromEntries(secrets.map((name) => [name, 'x'])))).toEqual({})
  })

  it('knows names in any case, and keeps them as they are', () => {
    const env = { https_proxy: 'http://proxy:3128', Path: 'C:\\bin', SystemRoot: 'C:\\Windows' }
    expect(daemonEnvironment(env)).toEqual(env)
  })
})
