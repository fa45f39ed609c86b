import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, type Evidence, evaluate } from '../../../../daemon/domains/upstream/evaluate.ts'
import { artifactStates, stateReasons } from '../../../../protocol/artifact-states.ts'

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string]

type Given = Partial<Omit<Evidence, 'origin' | 'answer'>> & {
  origin?: Partial<Evidence['origin']>
  answer?: Partial<Answer> | null
}

const evidence = ({ origin, answer, ...rest }: Given = {}): Evidence => ({
  origin: {
    source: { kind: 'github', owner: 'o', repo: 'r', ref: null },
    path: 'skills/demo',
    baseVersion: null,
    baseRevision: null,
    baseDigest: null,
    localDigest: null,
    localModified: null,
    ...origin,
  },
  scan: { upstreamVersion: null, isOutdated: false },
  recordedAt: 1,
  answer:
    answer === null
      ? null
      : {
          checkedAt: 2,
          version: null,
          revision: null,
          item: { digest: null, version: null },
          base: null,
          ...answer,
        },
  failed: false,
  ...rest,
})
const judge = (given: Given): string => {
  const { state, reason } = evaluate(evidence(given))
  return reason === null ? state : `${state} (${reason})`
}
/** What lies here, what was installed, what is upstream. */
const contents = (local: string | null, base: string | null, upstream: string | null): Given => ({
  origin: { localDigest: local, baseDigest: base },
  answer: { item: { digest: upstream, version: null } },
})

describe('evaluate by content', () => {
  it.each([
    ['current', A, A, A],
    ['current', B, A, B],
    ['current', B, null, B],
    ['modified', B, A, A],
    ['outdated', A, A, B],
    ['diverged', C, A, B],
    ['unknown (base_unknown)', A, null, B],
    ['outdated', null, A, B],
    ['current', null, A, A],
    ['unknown (removed_upstream)', A, A, null],
    ['modified (removed_upstream)', B, A, null],
  ])('%s: here %.1s, installed %.1s, upstream %.1s', (expected, local, base, upstream) => {
    expect(judge(contents(local, base, upstream))).toBe(expected)
  })

  it('takes what was installed from the older revision of the source when no record says it', () => {
    const at = (base: string | null): string =>
      judge({ origin: { localDigest: A }, answer: { item: { digest: B, version: null }, base } })
    expect([at(A), at(B), at(C), at(null)]).toEqual([
      'outdated',
      'modified',
      'diverged',
      'unknown (base_unknown)',
    ])
  })

  it('learns what was installed from a copy that equals upstream', () => {
    expect(evaluate(evidence(contents(A, null, A))).base).toBe(A)
  })

  it('believes a record about local changes, except where the contents are equal', () => {
    const told = (localModified: boolean, local: string, base: string | null, upstream: string): string =>
      judge({
        origin: { localDigest: local, baseDigest: base, localModified },
        answer: { item: { digest: upstream, version: null } },
      })
    expect(told(true, A, null, B)).toBe('modified (base_unknown)')
    expect(told(true, A, A, A)).toBe('current')
    expect(told(true, B, A, A)).toBe('modified')
    expect(told(true, A, A, B)).toBe('outdated')
    expect(told(false, B, A, A)).toBe('current')
    expect(told(false, C, A, B)).toBe('outdated')
  })

  it('calls a version that is ahead of upstream not outdated, whatever lies there (formats spec 11)', () => {
    const installed = (baseVersion: string): string =>
      judge({
        origin: { localDigest: A, baseDigest: A, baseVersion },
        answer: { version: 'v1.4.0', item: { digest: B, version: null } },
      })
    expect(installed('v2.0.0-rc.1')).toBe('current')
    expect(installed('v1.4.0')).toBe('outdated')
    expect(installed('main')).toBe('outdated')
  })
})

describe('the version shown as upstream', () => {
  const shown = (local: string, more: Partial<Answer>): string | null =>
    evaluate(
      evidence({
        origin: { localDigest: local, baseDigest: A },
        answer: { item: { digest: B, version: null }, revision: C, ...more },
      }),
    ).upstreamVersion

  it('is what upstream calls it, else the commit, and nothing new where nothing is newer (formats spec 11)', () => {
    expect(shown(A, { version: 'v1.2.0' })).toBe('v1.2.0')
    expect(shown(A, {})).toBe('ccccccc')
    expect(shown(A, { revision: null })).toBe('bbbbbbb')
    expect(shown(B, { version: 'v1.2.0' })).toBe('v1.2.0')
    expect(shown(B, {})).toBeNull()
  })
})

describe('evaluate by version', () => {
  const versions = (installed: string | null, offered: string | null, more: Given = {}): string =>
    judge({
      ...more,
      origin: { baseVersion: installed, ...more.origin },
      answer: { item: { digest: null, version: offered } },
    })

  it.each([
    ['1.0.0', '1.0.1', 'outdated'],
    ['v1.0.0', '1.0.0', 'current'],
    ['2.0.0', '1.9.9', 'current'],
    ['1.0.0-beta.2', '1.0.0-beta.11', 'outdated'],
    ['1.0.0', '1.0.0-rc.1', 'current'],
    ['1.0.0-rc.1', '1.0.0', 'outdated'],
    ['main', '1.0.0', 'outdated'],
    [null, '1.0.0', 'unknown (version_unknown)'],
  ])('%s here, %s upstream: %s', (installed, offered, expected) => {
    expect(versions(installed, offered)).toBe(expected)
  })

  it('keeps the word of the clone on this machine when that is newer', () => {
    const told = (answered: string, scanned: string, recordedAt: number): string | null =>
      evaluate(
        evidence({
          origin: { baseVersion: '1.0.0' },
          scan: { upstreamVersion: scanned, isOutdated: true },
          recordedAt,
          answer: { checkedAt: 5, item: { digest: null, version: answered } },
        }),
      ).upstreamVersion
    expect(told('1.1.0', '1.2.0', 1)).toBe('1.2.0')
    expect(told('1.3.0', '1.2.0', 9)).toBe('1.3.0')
    expect(told('aaaaaaaaaaaa', 'bbbbbbbbbbbb', 9)).toBe('bbbbbbbbbbbb')
    expect(told('aaaaaaaaaaaa', 'bbbbbbbbbbbb', 1)).toBe('aaaaaaaaaaaa')
  })

  it('goes by the folder of a plugin, when versions are commits of its marketplace', () => {
    const source = { kind: 'marketplace', name: 'm', location: { kind: 'path', path: '/m' } } as const
    const plugin = (base: string | null, version = 'cccccccccccc'): string =>
      judge({
        origin: { source, path: 'demo', baseVersion: 'aaaaaaaaaaaa', baseRevision: 'aaaaaaaaaaaa' },
        answer: { item: { digest: B, version }, base },
      })
    expect([plugin(B), plugin(A)]).toEqual(['current', 'outdated'])
    expect([plugin(null), plugin(null, 'aaaaaaaaaaaa')]).toEqual(['unknown (base_unknown)', 'current'])
  })

  it('says when the source knows nothing of it, and keeps to what this machine knows', () => {
    const source = { kind: 'npm', name: 'x', registry: null } as const
    expect(judge({ origin: { source, baseVersion: '1.0.0' }, answer: {} })).toBe('unknown (no_version)')
    const scan = { upstreamVersion: '1.1.0', isOutdated: true }
    expect(judge({ origin: { source, baseVersion: '1.0.0' }, answer: {}, scan })).toBe(
      'outdated (no_version)',
    )
  })

  it('compares no branch with the tags of its repository', () => {
    const large = (baseVersion: string): string =>
      judge({ origin: { baseVersion }, answer: { version: 'v2.0.0', item: { digest: A, version: null } } })
    expect(large('main')).toBe('unknown (base_unknown)')
    expect([large('v1.9.0'), large('v2.0.0')]).toEqual(['outdated', 'current'])
  })
})

describe('evaluate without a place inside of the source', () => {
  const whole = (origin: Partial<Evidence['origin']>, answer: Partial<Answer>): string =>
    judge({ origin: { path: null, ...origin }, answer })

  it('is current while the whole source is what it was', () => {
    expect(whole({ baseRevision: A }, { revision: A })).toBe('current')
    expect(whole({ baseRevision: A }, { base: B, item: { digest: B, version: null } })).toBe('current')
    expect(whole({ baseRevision: A, localModified: true }, { revision: A })).toBe('modified')
  })

  it('goes by versions, and blames nobody for a change elsewhere', () => {
    expect(whole({ baseRevision: A, baseVersion: 'v1.0.0' }, { revision: B, version: 'v1.1.0' })).toBe(
      'outdated',
    )
    expect(whole({ baseRevision: A }, { revision: B })).toBe('unknown (path_unknown)')
    expect(whole({ baseRevision: A, localModified: true }, { revision: B })).toBe('modified (path_unknown)')
  })
})

describe('evaluate without an answer', () => {
  it('says that nobody was asked, or why nobody could be', () => {
    expect(judge({ answer: null })).toBe('unknown (never_checked)')
    expect(judge({ answer: null, failed: true })).toBe('unknown (check_failed)')
    expect(judge({ origin: { source: 'source_unsupported' } })).toBe('unknown (source_unsupported)')
    expect(judge({ origin: { source: 'not_pinned' } })).toBe('unknown (not_pinned)')
  })

  it('says what the scan knows all the same', () => {
    const base = { localDigest: A, baseDigest: B }
    expect(judge({ answer: null, origin: base })).toBe('modified (never_checked)')
    const scan = { upstreamVersion: '2.0.0', isOutdated: true }
    expect(judge({ answer: null, scan, origin: { baseVersion: '1.0.0' } })).toBe('outdated (never_checked)')
    const same = { upstreamVersion: '1.0.0', isOutdated: false }
    expect(judge({ answer: null, scan: same, origin: { baseVersion: '1.0.0' } })).toBe(
      'current (never_checked)',
    )
  })

  it('compares with a collection on this machine (formats spec 12)', () => {
    const told = (isOutdated: boolean, localModified: boolean, path: string | null = 'default/x::skill') =>
      judge({
        origin: { source: 'collection', path, localModified },
        scan: { upstreamVersion: null, isOutdated },
      })
    expect([told(false, false), told(false, true), told(true, false), told(true, true)]).toEqual([
      'current',
      'modified',
      'outdated',
      'diverged',
    ])
    expect(told(false, false, null)).toBe('unknown (removed_upstream)')
  })
})

describe('evaluate, whatever it is given', () => {
  const digest = fc.constantFrom(A, B, C, null)
  const version = fc.constantFrom('1.0.0', 'v1.1.0', '2.0.0-rc.1', 'main', 'abc1234', null)
  const arbitrary: fc.Arbitrary<Evidence> = fc.record({
    origin: fc.record({
      source: fc.constantFrom(
        { kind: 'npm', name: 'x', registry: null } as const,
        'collection' as const,
        'source_unsupported' as const,
      ),
      path: fc.constantFrom('x', '', null),
      baseVersion: version,
      baseRevision: digest,
      baseDigest: digest,
      localDigest: digest,
      localModified: fc.constantFrom(true, false, null),
    }),
    scan: fc.record({ upstreamVersion: version, isOutdated: fc.boolean() }),
    recordedAt: fc.nat(9),
    answer: fc.option(
      fc.record({
        checkedAt: fc.nat(9),
        version,
        revision: digest,
        item: fc.record({ digest, version }),
        base: digest,
      }),
      { nil: null },
    ),
    failed: fc.boolean(),
  })

  it('gives a known state, and every unknown one a reason that has a sentence', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { state, reason } = evaluate(given)
        expect(artifactStates).toContain(state)
        if (state === 'unknown') expect(reason).not.toBeNull()
        if (reason !== null) expect(stateReasons[reason]).toMatch(/\.$/)
      }),
    )
  })

  it('never calls outdated what equals upstream, nor what has no newer upstream', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { answer, origin } = given
        fc.pre(typeof origin.source === 'object' && answer !== null && origin.path !== null)
        const { digest: upstream } = (answer as Answer).item
        fc.pre(upstream !== null)
        const state = evaluate(given).state
        if (origin.localDigest === upstream) expect(state).toBe('current')
        else if (origin.baseDigest === upstream) expect(['current', 'modified']).toContain(state)
      }),
    )
  })

  it('says the same again when it is told what it has learnt', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const first = evaluate(given)
        const origin = { ...given.origin, baseDigest: first.base ?? given.origin.baseDigest }
        expect(evaluate({ ...given, origin }).state).toBe(first.state)
      }),
    )
  })
})
