import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { discover } from '../../../../../daemon/domains/cache/scan/discovery.ts'
import { scanUnit } from '../../../../../daemon/domains/cache/scan/scan-unit.ts'
import type { ScanEnvironment, ScanUnit, UnitResult } from '../../../../../daemon/domains/cache/scan/types.ts'
import { buildDemoHome, type DemoHome } from '../../../../demo/build-demo-home.ts'
import { environment, remembered } from '../../../../support/scan-tree.ts'

describe('scanUnit over 40 real projects', () => {
  let out: string
  let demo: DemoHome
  let env: ScanEnvironment
  let scanned: Array<{ unit: ScanUnit; result: UnitResult }>

  beforeAll(() => {
    out = realpathSync(mkdtempSync(join(tmpdir(), 'smd-corpus-')))
    demo = buildDemoHome({ count: 40, out, artifactsPerProject: 25 })
    const { folders, limits } = environment(demo.home)
    const found = discover({
      folders,
      settings: {
        agents: {},
        discovery: { roots: [join(demo.home, 'projects')], max_depth: 4, max_directories: 20_000, skip: [] },
        projects: { include: [], exclude: [] },
        scan: { max_main_file_mb: 1, max_artifact_mb: 50, max_artifact_files: 2_000 },
      } as unknown as Parameters<typeof discover>[0]['settings'],
      cwd: null,
      only: null,
    })
    env = { ...found.env, limits }
    scanned = found.units.map((unit) => ({ unit, result: scanUnit(unit, env, null) }))
  }, 120_000)

  afterAll(() => rmSync(out, { recursive: true, force: true }))

  /** `scope type path fragment`, the path relative to the home; a link is a place of its own. */
  const places = (): Map<string, string> => {
    const all = new Map<string, string>()
    for (const { unit, result } of scanned) {
      for (const { scope, type, relPath, fragment, host, name } of result.changed) {
        const path = relative(demo.home, isAbsolute(relPath) ? relPath : join(unit.path, relPath))
        all.set(`${scope} ${type} ${path} ${fragment}`, `${host} ${name}`)
      }
    }
    return all
  }

  it('finds exactly what was written, each thing once', () => {
    const expected = demo.expected.flatMap((a) =>
      [a.path, ...(a.aliases ?? [])].map((path) => `${a.scope} ${a.type} ${path} ${a.fragment}`),
    )
    expect([...places().keys()].sort()).toEqual([...new Set(expected)].sort())
    expect(scanned.flatMap(({ result }) => result.changed)).toHaveLength(new Set(expected).size)
    expect(scanned.every(({ result }) => result.failure === null)).toBe(true)
  })

  it('calls skills and agents what their hosts call them', () => {
    const found = places()
    for (const { scope, type, path, name } of demo.expected) {
      if (type !== 'skill' && type !== 'agent') continue
      const called = found.get(`${scope} ${type} ${path} `)?.replace(/^\S+ /, '')
      expect(scope === 'plugin' ? called?.slice(called.indexOf(':') + 1) : called).toBe(name)
    }
  })

  it('hashes every file artifact and reports every deviation that was put in', () => {
    const artifacts = scanned.flatMap(({ unit, result }) => result.changed.map((a) => ({ unit, a })))
    for (const { a } of artifacts) {
      if (a.type !== 'plugin') expect(a.hash, a.relPath).toMatch(/^[0-9a-f]{64}$/)
      expect(a.statSig).toMatch(/^[0-9a-f]{16}$/)
    }
    const codes = {
      bom: 'frontmatter.bom',
      crlf: 'frontmatter.crlf',
      latin1: 'file.not_utf8',
      'invalid-yaml': 'frontmatter.yaml_',
      'no-frontmatter': 'frontmatter.missing',
    }
    for (const expected of demo.expected) {
      if (!expected.deviation || expected.type !== 'skill') continue
      const { a } =
        artifacts.find(({ unit, a }) => join(unit.path, a.relPath) === join(demo.home, expected.path)) ?? {}
      expect(a?.diagnostics.map((d) => d.code).join(' '), expected.path).toContain(codes[expected.deviation])
    }
  })

  it('reads no file in a rescan of an unchanged home', () => {
    for (const { unit, result } of scanned) {
      const again = scanUnit(unit, env, remembered(result))
      expect(again.changed, unit.path).toEqual([])
      expect(again.unchanged).toHaveLength(result.changed.length)
      expect(again.counters, unit.path).toMatchObject({ filesRead: 0, bytesRead: 0 })
      expect(again.diagnostics).toEqual(result.diagnostics)
    }
  })
})
