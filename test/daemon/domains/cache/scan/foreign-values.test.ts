import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigSource } from '../../../../../daemon/domains/cache/scan/config-artifact.ts'
import { readDeployments } from '../../../../../daemon/domains/cache/scan/deployment-records.ts'
import { hookArtifacts } from '../../../../../daemon/domains/cache/scan/hooks.ts'
import { canonicalJson, shorten } from '../../../../../daemon/domains/cache/scan/json-values.ts'
import {
  readApmLock,
  readRulesyncLock,
  readSkillshareMetadata,
  readSkillsLock,
} from '../../../../../daemon/domains/cache/scan/lock-files.ts'
import { serverArtifacts } from '../../../../../daemon/domains/cache/scan/mcp-servers.ts'
import { readInstalledPlugins } from '../../../../../daemon/domains/cache/scan/plugins.ts'
import { artifactKey } from '../../../../../daemon/domains/cache/scan/types.ts'
import { useScanTree } from '../../../../support/scan-tree.ts'

/** JSON that looks like the files in question just often enough to get past the first checks. */
const like = (keys: readonly string[]) =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        1,
        3,
        '',
        ' ',
        'o/r',
        './x',
        '../x',
        '/x',
        'command',
        '__proto__',
      ),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('value'), { maxKeys: 5 }),
    ),
  })).value

const source: ConfigSource = {
  unit: { kind: 'project', path: '/p', name: 'p' },
  host: 'claude-code',
  scope: 'project',
  relPath: 'x.json',
  modifiedAt: 1,
  signature: 's',
}

const check = ({ artifacts }: ReturnType<typeof hookArtifacts>): void => {
  expect(new Set(artifacts.map(artifactKey)).size).toBe(artifacts.length)
  for (const artifact of artifacts) {
    expect(artifact.statSig).toMatch(/^[0-9a-f]{16}$/)
    expect(artifact.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.parse(JSON.stringify(artifact))).toEqual(artifact)
  }
}

describe('values of foreign files', () => {
  it('never stop the readers of hooks and servers, whose artifacts stay unique and JSON-safe', () => {
    const hookLike = like([
      'hooks',
      'matcher',
      'type',
      'command',
      'url',
      'prompt',
      'Stop',
      ' Stop',
      'enabled',
      'if',
    ])
    fc.assert(
      fc.property(hookLike, fc.constantFrom('groups' as const, 'handlers' as const), (value, shape) => {
        check(hookArtifacts(source, value, { shape, enabled: true }))
      }),
    )
    const serverLike = like([
      'command',
      'args',
      'env',
      'url',
      'type',
      'headers',
      'timeout',
      'name',
      'a',
      'a ',
    ])
    fc.assert(
      fc.property(serverLike, (value) => check(serverArtifacts(source, value, { variableNames: [] }))),
    )
  })

  it('never stop the readers of locks and records', () => {
    const lockLike = like([
      'version',
      'skills',
      'sources',
      'dependencies',
      'entries',
      'deployed',
      'repo_url',
      'source',
    ])
    fc.assert(
      fc.property(lockLike, (value) => {
        for (const read of [
          (each: unknown) => readSkillsLock(each, 1),
          readRulesyncLock,
          readApmLock,
          (each: unknown) => readSkillshareMetadata(each, 'x'),
          (each: unknown) => readDeployments(each, '.claude'),
        ]) {
          expect(Array.isArray(read(value).diagnostics)).toBe(true)
        }
      }),
    )
  })

  it('never stop the reader of plugins', () => {
    const tree = useTree()
    const pluginLike = like([
      'plugins',
      'a@b',
      'installPath',
      'source',
      'repo',
      'url',
      'enabledPlugins',
      'name',
    ])
    const files = ['plugins/installed_plugins.json', 'plugins/known_marketplaces.json', 'settings.json']
    fc.assert(
      fc.property(fc.tuple(pluginLike, pluginLike, pluginLike), (values) => {
        files.forEach((file, i) => {
          tree.write(`home/.claude/${file}`, JSON.stringify(values[i]))
        })
        const { units, marketplaces } = readInstalledPlugins(tree.env.folders)
        expect(new Set(units.map((unit) => unit.path)).size).toBe(units.length)
        expect(new Set(marketplaces.map((each) => each.id)).size).toBe(marketplaces.length)
      }),
      { numRuns: 60 },
    )
  })
})

const useTree = useScanTree()

describe('canonicalJson', () => {
  it('says the same of equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(reversed)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value) as string)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('shorten', () => {
  it('gives one line within the limit that is still a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const short = shorten(text, max)
        expect(short.length).toBeLessThanOrEqual(max)
        expect(short).not.toMatch(/[\r\n]/)
        if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true)
      }),
    )
  })
})
