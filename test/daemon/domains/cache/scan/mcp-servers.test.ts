// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables as settings write them

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigSource } from '../../../../../daemon/domains/cache/scan/config-artifact.ts'
import { wrappedServers } from '../../../../../daemon/domains/cache/scan/config-artifacts.ts'
import { parseJsonText } from '../../../../../daemon/domains/cache/scan/json-text.ts'
import { type ServerOptions, serverArtifacts } from '../../../../../daemon/domains/cache/scan/mcp-servers.ts'
import { listMcpFiles } from '../../../../support/corpus.ts'
import { codesOf } from '../../../../support/scan-tree.ts'

const source: ConfigSource = {
  unit: { kind: 'project', path: '/p', name: 'p' },
  host: 'claude-code',
  scope: 'project',
  relPath: '.mcp.json',
  modifiedAt: 1,
  signature: 's',
}
const read = (table: unknown, options: ServerOptions = {}, host = 'claude-code') =>
  serverArtifacts({ ...source, host }, table, options)
const one = (entry: unknown, options: ServerOptions = {}, host?: string) => {
  const [artifact] = read({ name: entry }, options, host).artifacts
  if (!artifact) throw new Error('no artifact')
  return artifact
}

describe('serverArtifacts', () => {
  it('tells transport, command, package, source and version', () => {
    expect(one({ command: '/usr/bin/npx', args: ['-y', '@s/p@1.2.3'] })).toMatchObject({
      type: 'mcp',
      name: 'name',
      fragment: 'name',
      description: 'npx @s/p@1.2.3',
      source: 'npm:@s/p',
      deployedVersion: '1.2.3',
      metadata: { transport: 'stdio', command: 'npx', package: '@s/p@1.2.3', enabled: true },
      diagnostics: [],
    })
    expect(one({ type: 'streamable-http', url: 'https://h.example/mcp' })).toMatchObject({
      metadata: { transport: 'http', url: 'https://h.example/mcp' },
      diagnostics: [],
    })
  })

  it('reports what Claude Code rejects or ignores (ecosystem spec 7.1)', () => {
    expect(codesOf(one({ url: 'https://h.example/mcp' }))).toEqual(['mcp.url_without_type'])
    expect(one({ url: 'https://h.example/sse' }).diagnostics[0]?.detail).toBe('sse')
    expect(codesOf(one({ type: 'http', url: '' }))).toEqual(['mcp.not_configured'])
    expect(codesOf(one({ type: 'carrier-pigeon' }))).toEqual(['mcp.unknown_type'])
    expect(codesOf(one({}))).toEqual(['mcp.missing_field'])
    expect(codesOf(one({ type: 'http' }))).toEqual(['mcp.missing_field'])
    expect(codesOf(one({ command: 'x', timeout: 30 }))).toEqual(['mcp.short_timeout'])
    expect(one({ command: 'x ', env: { A: ' v' } }).diagnostics.map((d) => d.detail)).toEqual([
      'command',
      'env.A',
    ])
    const names = read({ workspace: { command: 'x' }, 'a b': { command: 'x' } }).artifacts
    expect(names.flatMap(codesOf)).toEqual(['mcp.reserved_name', 'mcp.bad_name'])
  })

  it('lets other hosts have their own rules', () => {
    expect(codesOf(one({ url: 'https://h.example/mcp' }, {}, 'cursor'))).toEqual([])
    expect(one({ serverUrl: 'https://h.example/mcp' }, {}, 'windsurf').metadata).toMatchObject({
      transport: 'http',
    })
    expect(one({ type: 'local', command: ['bun', 'x', 'pkg'] }, {}, 'opencode')).toMatchObject({
      source: 'npm:pkg',
      metadata: { transport: 'stdio', command: 'bun' },
    })
    expect(one({ enabled: false }, {}, 'opencode')).toMatchObject({
      diagnostics: [],
      metadata: { enabled: false },
    })
    expect(
      read(
        { dev: { type: 'builtin' }, s: { type: 'stdio', cmd: 'npx', args: ['p'] } },
        {},
        'goose',
      ).artifacts.map((a) => a.name),
    ).toEqual(['s'])
    expect(read([{ name: 'listed', command: 'x' }], {}, 'continue').artifacts.map((a) => a.name)).toEqual([
      'listed',
    ])
  })

  it('tells variables without a default, and whether they are set only when it knows', () => {
    const entry = { command: 'x', args: ['${A}', '${B:-b}'], env: { K: '${C}' }, headers: { H: '${env:D}' } }
    expect(one(entry)).toMatchObject({
      diagnostics: [],
      metadata: { variables: ['A', 'C', 'D'], env: ['K'] },
    })
    expect(one(entry, { variableNames: ['A', 'D'] }).diagnostics).toEqual([
      { code: 'mcp.unset_variable', detail: 'C' },
    ])
    expect(one({ command: '${CLAUDE_PLUGIN_ROOT}/run' }).metadata.variables).toBeUndefined()
  })

  it('is off when the entry, the settings or a missing approval say so', () => {
    expect(one({ command: 'x', disabled: true }).metadata.enabled).toBe(false)
    expect(one({ command: 'x' }, { isDisabled: () => true }).metadata.enabled).toBe(false)
    expect(one({ command: 'x' }, { approval: () => 'pending' }).metadata).toMatchObject({
      enabled: false,
      approval: 'pending',
    })
    expect(one({ command: 'x' }, { approval: () => 'approved' }).metadata).toMatchObject({
      enabled: true,
      approval: 'approved',
    })
  })

  it('never tells values of environment, headers or arguments, nor what an address hides', () => {
    const word = fc.stringMatching(/^[a-z0-9]{16,24}$/)
    fc.assert(
      fc.property(word, (secret) => {
        const told = JSON.stringify(
          read({
            a: {
              command: `/opt/run --key=${secret}`,
              args: ['--token', secret, `--password=${secret}`, secret],
              env: { KEY: secret },
              cwd: secret,
            },
            b: {
              type: 'http',
              url: `https://u:${secret}@h.example/mcp?key=${secret}#${secret}`,
              headers: { Authorization: `Bearer ${secret}` },
              oauth: { clientSecret: secret },
            },
            c: { command: 'docker', args: ['run', '-e', `K=${secret}`, 'org/image'] },
            d: { command: 'x', description: `Use with token=${secret}` },
          }).artifacts,
        )
        expect(told).not.toContain(secret)
      }),
    )
  })

  it('tells wrong shapes of the file', () => {
    expect(read('x').diagnostics.map((d) => d.code)).toEqual(['config.wrong_type'])
    expect(read({ a: 1, b: { command: 'x' } })).toMatchObject({
      artifacts: [{ name: 'b' }],
      diagnostics: [{ code: 'config.wrong_type' }],
    })
    expect(read(undefined)).toEqual({ artifacts: [], diagnostics: [] })
  })

  it('reads every server of the corpus, bare and wrapped', () => {
    let servers = 0
    let withoutType = 0
    for (const part of ['templates', 'official'] as const) {
      for (const file of listMcpFiles(part)) {
        const parsed = parseJsonText(readFileSync(file, 'utf8'))
        if ('error' in parsed) throw new Error(`${file}: ${parsed.error}`)
        const { artifacts, diagnostics } = read(wrappedServers(parsed.value))
        expect(diagnostics, file).toEqual([])
        expect(artifacts.length, file).toBeGreaterThan(0)
        servers += artifacts.length
        withoutType += artifacts.filter((a) => codesOf(a).includes('mcp.url_without_type')).length
        for (const artifact of artifacts) expect(artifact.hash).toMatch(/^[0-9a-f]{64}$/)
      }
    }
    expect(servers).toBeGreaterThanOrEqual(115)
    // Counted by the ecosystem spec: 9 of the 100 components of davila7-templates
    expect(withoutType).toBe(9)
  })
})
