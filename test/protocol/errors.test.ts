import { describe, expect, it } from 'vitest'
import { type ErrorSlug, errors, SmdError } from '../../protocol/errors.ts'
import { methods } from '../../protocol/methods.ts'

const slugs = Object.keys(errors) as ErrorSlug[]

describe('errors (CACHE-1.4g)', () => {
  it('have a number each, and none twice', () => {
    const numbers = slugs.map((slug) => errors[slug].number)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it.each(slugs)('%s has a sentence, a hint, an exit code and an HTTP status', (slug) => {
    const { text, hint, exit, http, number } = errors[slug]
    expect(text.length).toBeGreaterThan(0)
    expect(hint).toMatch(/\S/)
    expect([1, 2, 3, 4, 5]).toContain(exit)
    expect(http).toBeGreaterThanOrEqual(400)
    expect(http).toBeLessThan(600)
    const isReserved = number <= -32_000 && number >= -32_768
    expect(isReserved).toBe(slug.startsWith('rpc.') || slug === 'internal')
  })

  it('named by a method exist', () => {
    for (const method of Object.values(methods)) {
      for (const slug of method.errors) expect(slugs).toContain(slug)
    }
  })
})

describe('SmdError', () => {
  it('fills sentence and hint from its details, lists with commas, absent ones with nothing', () => {
    const error = new SmdError('project.ambiguous', {
      project: 'web',
      count: 2,
      candidates: ['/a/web', '/b/web'],
    })
    expect(error.message).toBe('"web" names 2 projects: /a/web, /b/web.')
    expect(new SmdError('artifact.not_found', { name: 'x' }).hint).toBe('Look for it with: smd search x')
    expect(new SmdError('daemon.already_running').message).toBe('A daemon runs already.')
  })

  it.each(slugs)('%s comes through the wire as it was', (slug) => {
    const sent = new SmdError(slug, { name: 'x', reason: 'why', limit: 3 })
    const received = SmdError.fromWire(JSON.parse(JSON.stringify(sent.toWire())))
    expect(received).toMatchObject({ slug, details: sent.details, message: sent.message, hint: sent.hint })
  })

  it.each(['newer.slug', 'toString', '__proto__', 'constructor'])(
    'of a slug this side does not know (%s) keeps its message and counts as internal',
    (slug) => {
      const error = SmdError.fromWire({
        code: 4711,
        message: 'A new kind of trouble.',
        data: { slug: slug as ErrorSlug, hint: 'Update.' },
      })
      expect(error).toMatchObject({ slug: 'internal', message: 'A new kind of trouble.' })
    },
  )

  it('of a plain JSON-RPC error without data keeps its message', () => {
    expect(SmdError.fromWire({ code: -32_000, message: 'no' })).toMatchObject({
      slug: 'internal',
      message: 'no',
    })
  })
})
