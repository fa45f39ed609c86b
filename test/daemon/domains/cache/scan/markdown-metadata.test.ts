import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMarkdownMeta } from '../../../../../daemon/domains/cache/scan/frontmatter-meta.ts'
import { markdownMetadata } from '../../../../../daemon/domains/cache/scan/markdown-metadata.ts'

const metadataOf = (frontmatter: string) =>
  markdownMetadata(readMarkdownMeta('skill', 'folder', `---\n${frontmatter}\n---\nbody\n`))

describe('markdownMetadata', () => {
  it('keeps known and unknown keys, not what has a column of its own', () => {
    expect(
      metadataOf('name: folder\ndescription: d\nlicense: MIT\npriority: 3\nuser-invocable: false'),
    ).toEqual({
      license: 'MIT',
      priority: 3,
      userInvocable: false,
    })
  })

  it('tells another name as an alias', () => {
    expect(metadataOf('name: Other')).toEqual({ aliases: ['Other'] })
  })

  it('tells only the names of servers, hooks and variables', () => {
    const kept = metadataOf(
      'mcpServers: {a: {env: {K: hunter2}}}\nhooks: {Stop: [{command: rm}]}\nenv: {T: hunter2}',
    )
    expect(kept).toEqual({ mcpServers: ['a'], hooks: ['Stop'], env: ['T'] })
  })

  it('hides what looks like a secret, however deep', () => {
    const kept = metadataOf('conf: {url: "https://u:hunter2@h/x", list: ["ghp_0123456789abcdefghij"]}')
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|ghp_/)
  })

  it('hides whatever stands under a key that names a secret, but numbers', () => {
    const kept = metadataOf(
      'api_key: hunter\nmetadata: {dbPassword: hunter two, max_tokens: 3, author: me}\ncredentials: {user: [hunter]}',
    )
    expect(kept).toEqual({
      api_key: '***',
      metadata: { dbPassword: '***', max_tokens: 3, author: 'me' },
      credentials: { user: ['***'] },
    })
  })

  it('stays small whatever the file says', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), fc.string({ maxLength: 5000 })),
        (values) => {
          const lines = Object.entries(values).map(([key, value]) => `x-${key}: ${JSON.stringify(value)}`)
          const kept = metadataOf(lines.join('\n') || 'a: b')
          expect(Object.keys(kept).length).toBeLessThanOrEqual(36)
          for (const value of Object.values(kept)) expect(JSON.stringify(value).length).toBeLessThan(2000)
        },
      ),
    )
  })
})
