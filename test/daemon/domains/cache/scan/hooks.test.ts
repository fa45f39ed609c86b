import { describe, expect, it } from 'vitest'
import type { ConfigSource } from '../../../../../daemon/domains/cache/scan/config-artifact.ts'
import { hookArtifacts } from '../../../../../daemon/domains/cache/scan/hooks.ts'
import { artifactKey } from '../../../../../daemon/domains/cache/scan/types.ts'
import { codesOf } from '../../../../support/scan-tree.ts'

const source: ConfigSource = {
  unit: { kind: 'project', path: '/p', name: 'p' },
  host: 'claude-code',
  scope: 'project',
  relPath: '.claude/settings.json',
  modifiedAt: 1,
  signature: 's',
}
const groups = { shape: 'groups', enabled: true } as const
const read = (hooks: unknown) => hookArtifacts(source, hooks, groups)
const command = (text: string) => ({ type: 'command', command: text })

describe('hookArtifacts', () => {
  it('makes one artifact per handler, numbered within event and matcher', () => {
    const { artifacts, diagnostics } = read({
      PreToolUse: [
        { matcher: 'Bash', hooks: [command('a'), command('b')] },
        { matcher: 'Edit|Write', hooks: [command('c')] },
      ],
      Stop: [{ hooks: [command('d')] }],
    })
    expect(diagnostics).toEqual([])
    expect(artifacts.map(({ name, fragment }) => `${name} ${fragment}`)).toEqual([
      'PreToolUse:Bash#1 PreToolUse/0/0',
      'PreToolUse:Bash#2 PreToolUse/0/1',
      'PreToolUse:Edit|Write#1 PreToolUse/1/0',
      'Stop#1 Stop/0/0',
    ])
    expect(artifacts[0]).toMatchObject({
      type: 'hook',
      description: 'a',
      metadata: { event: 'PreToolUse', matcher: 'Bash', handler: 'command', enabled: true },
    })
    expect(new Set(artifacts.map(artifactKey)).size).toBe(4)
  })

  it('hashes the canonical handler: key order does not matter, content does', () => {
    const hashOf = (handler: object) => read({ Stop: [{ hooks: [handler] }] }).artifacts[0]?.hash
    expect(hashOf({ command: 'a', type: 'command' })).toBe(hashOf({ type: 'command', command: 'a' }))
    expect(hashOf(command('a'))).not.toBe(hashOf(command('b')))
    expect(hashOf(command('a'))).toMatch(/^[0-9a-f]{64}$/)
  })

  it('reads handlers that stand directly below their event, as Cursor and Copilot write them', () => {
    const { artifacts } = hookArtifacts(
      { ...source, host: 'github-copilot' },
      { preToolUse: [{ type: 'command', bash: './check.sh', timeoutSec: 30 }], stop: [{ command: 'x' }] },
      { shape: 'handlers', enabled: true },
    )
    expect(artifacts.map(({ name, diagnostics }) => [name, diagnostics])).toEqual([
      ['preToolUse#1', []],
      ['stop#1', []],
    ])
    expect(artifacts[0]?.metadata).toMatchObject({ timeoutSeconds: 30, handler: 'command' })
  })

  it('reports unknown events and types, missing fields and bad matchers, and still lists the hook', () => {
    const { artifacts } = read({
      BeforeCoffee: [{ hooks: [{ type: 'teapot' }] }],
      Stop: [
        { matcher: '(', hooks: [{ type: 'http' }, { command: 'x' }, { type: 'mcp_tool', server: 's' }] },
      ],
      PreToolUse: [{ matcher: 7, hooks: [command('x')] }],
    })
    expect(artifacts.map(codesOf)).toEqual([
      ['hook.unknown_event', 'hook.unknown_type'],
      ['hook.missing_field', 'hook.bad_matcher'],
      ['hook.missing_field', 'hook.bad_matcher'],
      ['hook.missing_field', 'hook.bad_matcher'],
      ['config.wrong_type'],
    ])
  })

  it('tells wrong shapes of the file and keeps the rest', () => {
    expect(read([]).diagnostics.map((d) => d.code)).toEqual(['config.wrong_type'])
    const { artifacts, diagnostics } = read({
      Stop: { hooks: [] },
      PreToolUse: [
        null,
        { hooks: 'x' },
        { matcher: 'Bash' },
        { hooks: [null, command('kept')] },
        command('loose'),
      ],
    })
    expect(diagnostics).toHaveLength(6)
    expect(artifacts.map((a) => a.description)).toEqual(['kept', 'loose'])
  })

  it('never tells a secret of a command, a prompt or an address', () => {
    const { artifacts } = read({
      Stop: [
        {
          hooks: [
            command(
              'curl -H "Authorization: Bearer abcdef123456abcdef" https://u:hunter@h.example/x?key=hunter',
            ),
            { type: 'http', url: 'https://h.example/hook?token=hunter', headers: { 'X-Key': 'hunter' } },
            { type: 'prompt', prompt: 'password=hunter' },
            { type: 'command', command: 'x', if: 'Bash(deploy --token hunter)' },
          ],
        },
      ],
    })
    expect(JSON.stringify(artifacts)).not.toMatch(/hunter|abcdef123456/)
    expect(artifacts[1]?.description).toBe('https://h.example/hook')
  })

  it('keeps names and descriptions short and on one line, however long the file makes them', () => {
    const [artifact] = read({
      [`${'E'.repeat(5000)}`]: [{ matcher: 'm\n'.repeat(5000), hooks: [command('word '.repeat(100_000))] }],
    }).artifacts
    expect(artifact?.name.length).toBeLessThan(120)
    expect(artifact?.description?.length).toBeLessThanOrEqual(200)
    expect(artifact?.fragment.length).toBeLessThan(220)
    expect(`${artifact?.name}${artifact?.description}`).not.toContain('\n')
  })

  it('survives nesting beyond reason without a hash', () => {
    let deep: unknown = 'x'
    for (let i = 0; i < 5000; i++) deep = [deep]
    const [artifact] = read({ Stop: [{ hooks: [{ ...command('x'), deep }] }] }).artifacts
    expect(artifact?.hash).toBeNull()
    expect(artifact && codesOf(artifact)).toEqual(['config.wrong_type'])
  })
})
