/** A home full of secrets: in every kind of file smd reads, in every place such a file has for them, whole and broken. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify as toml } from 'smol-toml'
import { stringify as yaml } from 'yaml'
import { resolveUserPath } from '../../daemon/domains/cache/scan/agents.ts'
import { type ConfigLocation, configLocations } from '../../daemon/domains/cache/scan/config-locations.ts'
import type { MachineFolders } from '../../daemon/kernel/config/machine-folders.ts'

/** Part of each secret, in whatever case and form it may come out somewhere. */
export const canary = /canary/i

/** A secret that looks like one; `n` tells where it came from. */
const secret = (n: string): string => `sk-proj-4Zq9cAnArY${n}x8K2mW7`
/** A secret that looks like a word, as the value of a variable may. */
const quiet = (n: string): string => `quiet-canary-${n}`

export type CanaryHome = { whole: string; broken: string; servers: number; hooks: number }

/** Fills the home folder; `whole` and `broken` are two projects with every file a project can have. */
export function writeCanaryHome(folders: MachineFolders): CanaryHome {
  const { home } = folders
  const whole = join(home, 'projects', 'whole')
  const broken = join(home, 'projects', 'broken')
  const projects = configLocations.filter(({ scope }) => scope === 'project' || scope === 'local')
  const users = configLocations.filter(({ scope }) => scope === 'user')
  for (const location of projects) {
    const text = contentOf(location)
    write(join(whole, fileOf(location.path)), text)
    write(join(broken, fileOf(location.path)), breakAfterSecret(text))
  }
  for (const location of users) write(resolveUserPath(fileOf(location.path), folders), contentOf(location))
  for (const project of [whole, broken]) {
    write(join(project, '.git', 'HEAD'), 'ref: refs/heads/main\n')
    write(
      join(project, '.git', 'config'),
      `[remote "origin"]\n\turl = https://me:${secret('git')}@example.com/o/r.git\n[http]\n\textraheader = ${quiet('header')}\n`,
    )
    write(join(project, '.env'), `API_KEY=${quiet('dotenv')}\n`)
  }
  writeMarkdown(whole, broken)
  writeClaude(folders, [whole, broken])
  writeRecords(whole, folders)
  const count = (what: 'servers' | 'hooks'): number =>
    [...projects, ...users].filter((row) => row[what]).length
  return { whole, broken, servers: count('servers'), hooks: count('hooks') }
}

/** A server with a secret in every place; `name` is its key in the table. */
const server = (name: string): Record<string, unknown> => ({
  command: 'npx',
  args: [
    ...[
      '-y',
      '@example/mcp-server@1.2.3',
      '--api-key',
      secret(`arg-${name}`),
      `--token=${quiet(`flag-${name}`)}`,
    ],
    `postgres://me:${quiet(`dsn-${name}`)}@db.example.com/app?password=${quiet(`query-${name}`)}`,
  ],
  ...Object.fromEntries(
    ['env', 'environment', 'envs'].map((key) => [
      key,
      { API_KEY: secret(`${key}-${name}`), MODE: quiet(`${key}-${name}`), REGION: quiet('region') },
    ]),
  ),
  headers: { Authorization: `Bearer ${secret(`bearer-${name}`)}`, 'X-Team': quiet(`header-${name}`) },
  oauth: { clientSecret: quiet(`oauth-${name}`) },
})
const remote = (name: string): Record<string, unknown> => ({
  type: 'http',
  url: `https://me:${quiet(`user-${name}`)}@mcp.example.com/v1?key=${quiet(`key-${name}`)}#${quiet(`part-${name}`)}`,
  headers: { Authorization: `Basic ${quiet(`basic-${name}`)}` },
})
const hook = (name: string): Record<string, unknown> => ({
  type: 'command',
  command: `API_TOKEN=${quiet(`hook-${name}`)} curl -H "Authorization: Bearer ${secret(`hook-${name}`)}" -u me:${quiet('u')} https://x:${quiet('url')}@example.com/hook?key=${quiet('q')}`,
  env: { SECRET: quiet(`hook-env-${name}`) },
  headers: { Authorization: quiet(`hook-header-${name}`) },
})

const nameOf = ({ host, scope, path }: ConfigLocation): string =>
  `${host}-${scope}-${path}`.replace(/[^a-z0-9]+/gi, '-').toLowerCase()
const fileOf = (path: string): string => path.replace('*', 'some')

function contentOf(location: ConfigLocation): string {
  const { servers, hooks, format } = location
  const name = nameOf(location)
  const table = { [`${name}-local`]: server(name), [`${name}-remote`]: remote(name) }
  const value = {
    ...(servers && { [servers === 'wrapped?' ? 'mcpServers' : servers]: table }),
    ...(hooks === 'groups' && { hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [hook(name)] }] } }),
    ...(hooks === 'handlers' && { version: 1, hooks: { preToolUse: [hook(name)] } }),
    // What a file of settings holds beside them.
    env: { ANTHROPIC_API_KEY: secret(`settings-${name}`), MODE: quiet(`settings-${name}`) },
    apiKeyHelper: `echo ${quiet(`helper-${name}`)}`,
    apiKey: quiet(`key-${name}`),
  }
  if (format === 'toml') return toml(value)
  return format === 'yaml' ? yaml(value) : JSON.stringify(value, null, 2)
}

/** Something no parser takes, in the line of a secret and beside another one. */
function breakAfterSecret(text: string): string {
  const at = text.search(canary)
  const end = text.indexOf('\n', at)
  return `${text.slice(0, end)} ${quiet('broken')} : = { [ "${quiet('open')}\n\t- ]\n${text.slice(end)}`
}

function writeMarkdown(whole: string, broken: string): void {
  const meta = [
    'name: keeper',
    'description: Keeps things.',
    `api_key: ${quiet('frontmatter')}`,
    `env:\n  API_KEY: ${quiet('skill-env')}`,
    `mcpServers:\n  - own:\n      command: npx\n      args: [--token, ${quiet('skill-arg')}]\n      env: { TOKEN: ${quiet('skill-server')} }`,
    `hooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - { type: command, command: "TOKEN=${quiet('skill-hook')} run" }`,
    `metadata:\n  token: ${quiet('metadata')}`,
  ]
  const body = `# Keeper\n\nUse the key ${secret('body')}, never ${quiet('body')}.\n`
  const broke = [...meta, `password: "${quiet('unterminated')}`, `  ${quiet('indent')}: : [`]
  for (const file of ['skills/keeper/SKILL.md', 'agents/keeper.md', 'commands/keeper.md']) {
    write(join(whole, '.claude', file), `---\n${meta.join('\n')}\n---\n${body}`)
    write(join(broken, '.claude', file), `---\n${broke.join('\n')}\n---\n${body}`)
  }
  write(join(whole, '.claude/skills/keeper/.env'), `KEY=${quiet('skill-dotenv')}\n`)
}

function writeClaude(
  { home, claudeJson, claudeConfig, claudePlugins }: MachineFolders,
  projects: string[],
): void {
  const table = { 'claude-local': server('claude'), 'claude-remote': remote('claude') }
  const state = {
    primaryApiKey: secret('primary'),
    oauthAccount: { emailAddress: quiet('mail'), accessToken: secret('oauth') },
    mcpServers: table,
    projects: Object.fromEntries(
      projects.map((project, i) => [
        project,
        { mcpServers: { [`own-${i}`]: server(`own-${i}`) }, history: [{ display: quiet('history') }] },
      ]),
    ),
  }
  write(claudeJson, JSON.stringify(state))
  write(join(claudeConfig, '.credentials.json'), JSON.stringify({ token: secret('credentials') }))
  const source = { source: 'git', url: `https://me:${secret('market')}@example.com/o/market.git` }
  const installLocation = join(claudePlugins, 'marketplaces', 'market')
  const known = { market: { source, installLocation, lastUpdated: '2026-01-01T00:00:00Z' } }
  write(join(claudePlugins, 'known_marketplaces.json'), JSON.stringify(known))
  const plugin = { name: 'tool', description: 'A tool.', version: '1.0.0', source: './tool' }
  write(
    join(installLocation, '.claude-plugin/marketplace.json'),
    JSON.stringify({ name: 'market', owner: { name: 'o' }, plugins: [plugin] }),
  )
  const installPath = join(claudePlugins, 'cache/market/tool/1.0.0')
  const entry = { scope: 'user', installPath, version: '1.0.0', installedAt: '2026-01-01T00:00:00Z' }
  write(
    join(claudePlugins, 'installed_plugins.json'),
    JSON.stringify({ version: 2, plugins: { 'tool@market': [entry] } }),
  )
  const manifest = {
    name: 'tool',
    version: '1.0.0',
    description: 'A tool.',
    repository: `https://me:${secret('repository')}@example.com/o/tool`,
    homepage: `https://example.com/?token=${quiet('homepage')}`,
    mcpServers: { inline: server('plugin-inline') },
    userConfig: { key: { default: quiet('user-config') } },
  }
  write(join(installPath, '.claude-plugin/plugin.json'), JSON.stringify(manifest))
  write(join(installPath, '.mcp.json'), JSON.stringify({ mcpServers: { bundled: server('plugin') } }))
  write(
    join(installPath, 'hooks/hooks.json'),
    JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [hook('plugin')] }] } }),
  )
  write(join(home, '.netrc'), `machine example.com password ${quiet('netrc')}\n`)
}

/** Files of other managers, which say where artifacts came from. */
function writeRecords(project: string, { skillmeat }: MachineFolders): void {
  const url = `https://me:${secret('lock')}@example.com/o/skills.git`
  const keeper = {
    source: url,
    sourceType: 'git',
    sourceUrl: `${url}?token=${quiet('lock')}`,
    computedHash: 'x',
  }
  write(join(project, 'skills-lock.json'), JSON.stringify({ version: 1, skills: { keeper } }))
  write(
    join(project, '.claude/.skillmeat-deployed.toml'),
    toml({
      deployed: [
        { artifact_name: 'keeper', artifact_type: 'skill', from_collection: 'default', upstream: url },
      ],
    }),
  )
  write(
    join(skillmeat, 'collections/default/collection.toml'),
    toml({
      collection: { name: 'default', version: '1.0.0' },
      artifacts: [{ name: 'keeper', type: 'skill', path: 'skills/keeper', upstream: url }],
      mcp_servers: [
        {
          name: 'collected',
          repo: url,
          description: `Run with --token ${quiet('collected')}`,
          env_vars: { API_KEY: quiet('collected-env') },
        },
      ],
    }),
  )
  write(join(skillmeat, 'config.toml'), toml({ settings: { 'github-token': secret('skillmeat') } }))
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
