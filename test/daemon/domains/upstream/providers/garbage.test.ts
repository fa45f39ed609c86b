/** Whatever the other side says: an answer or a reason, never a failure of ours. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createProviders } from '../../../../../daemon/domains/upstream/providers/index.ts'
import { UpstreamError, type UpstreamSource } from '../../../../../daemon/domains/upstream/source.ts'
import { quickNet, serve, stillClock } from '../../../../support/loopback.ts'

const signal = new AbortController().signal
const id = fc.constantFrom(
  'a'.repeat(40),
  'b'.repeat(40),
  'c'.repeat(40),
  'A'.repeat(40),
  'a'.repeat(64),
  'HEAD',
  '',
  7,
  null,
)
const name = fc.constantFrom('a', 'a/b', 'plugins/a', '__proto__', 'constructor', '..', '/', '')
const mode = fc.constantFrom('040000', '100644', '120000', '160000', '', 'x', null)
const anything = fc.jsonValue({ maxDepth: 3 })

/** Shapes that are nearly right, with anything in every place. */
const shapes = {
  github: fc.record(
    {
      sha: fc.oneof(id, anything),
      truncated: fc.oneof(fc.boolean(), anything),
      tree: fc.oneof(
        fc.array(fc.oneof(fc.record({ path: name, mode, sha: id }), anything), { maxLength: 5 }),
        anything,
      ),
    },
    { requiredKeys: [] },
  ),
  npm: fc.record(
    {
      'dist-tags': fc.oneof(fc.record({ latest: fc.oneof(name, anything) }), anything),
      versions: fc.oneof(fc.dictionary(fc.constantFrom('1.0.0', 'x', '__proto__'), anything), anything),
    },
    { requiredKeys: [] },
  ),
  marketplace: fc.record(
    {
      metadata: fc.oneof(fc.record({ pluginRoot: fc.oneof(name, anything) }), anything),
      renames: fc.oneof(fc.dictionary(name, fc.oneof(name, fc.constant(null))), anything),
      plugins: fc.oneof(
        fc.array(
          fc.record(
            {
              name: fc.oneof(name, anything),
              version: fc.oneof(fc.constant('1.0.0'), anything),
              strict: anything,
              source: fc.oneof(
                name,
                fc.record({ source: fc.oneof(fc.constantFrom('npm', 'archive', 'url'), anything), sha: id }),
                anything,
              ),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 5 },
        ),
        anything,
      ),
    },
    { requiredKeys: [] },
  ),
}

/** A sound document of each kind, so that both outcomes are sure to be seen. */
const sound: Record<keyof typeof shapes, object> = {
  github: {
    sha: 'a'.repeat(40),
    tree: [{ path: 'a', mode: '100644', sha: 'b'.repeat(40) }],
    truncated: false,
  },
  npm: { 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': {} } },
  marketplace: { plugins: [{ name: 'a', version: '1.0.0' }] },
}

const sources = (origin: string): Record<keyof typeof shapes, UpstreamSource> => ({
  github: { kind: 'github', owner: 'a', repo: 'b', ref: null },
  npm: { kind: 'npm', name: 'a', registry: null },
  marketplace: { kind: 'marketplace', name: 'a', location: { kind: 'url', url: origin } },
})

describe('an answer that makes no sense', () => {
  it.each(Object.keys(shapes) as Array<keyof typeof shapes>)(
    'is either read or refused: %s',
    async (kind) => {
      let body = ''
      const server = await serve((_, response) => void response.end(body))
      const outcomes = new Set<string>()
      const paths = ['', 'a', 'a/b', 'plugins/a', '__proto__']
      const documents = fc.oneof(
        shapes[kind].map((value) => JSON.stringify(value)),
        fc.string(),
      )
      await fc.assert(
        fc.asyncProperty(documents, async (document) => {
          body = document
          const clock = stillClock()
          const providers = createProviders({
            ...{ net: quickNet(clock), now: clock.now, home: '/', tempDir: '/', env: {} },
            ...{ githubApi: server.origin, npmRegistry: server.origin },
          })
          const query = { source: sources(server.origin)[kind], paths, bases: [], validator: null }
          const answer = await providers.ask(query, signal).catch((error: unknown) => error)
          if (answer instanceof UpstreamError) {
            outcomes.add(answer.reason)
            expect(['bad_answer', 'not_found', 'unsupported']).toContain(answer.reason)
            return
          }
          outcomes.add('answer')
          const { items } = answer as { items: Array<{ digest: unknown; version: unknown }> }
          for (const { digest, version } of items) {
            expect(digest === null || /^[0-9a-f]{40}$/.test(String(digest))).toBe(true)
            expect(version === null || typeof version === 'string').toBe(true)
          }
        }),
        { numRuns: 300, examples: [[JSON.stringify(sound[kind])], ['{'], ['null']] },
      )
      // Both happened, so that this test says something.
      expect(outcomes).toContain('answer')
      expect(outcomes).toContain('bad_answer')
    },
  )
})
