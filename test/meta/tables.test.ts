/** The tables of the protocol: complete, consistent, documented, used and tested. */
import { describe, expect, it } from 'vitest'
import { type ErrorSpec, errors } from '../../protocol/errors.ts'
import { type Warnable, type WarningCode, warnables } from '../../protocol/health.ts'
import type { Method } from '../../protocol/method.ts'
import { methods } from '../../protocol/methods.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'
import { read, sourceFiles } from './sources.ts'

const textsOf = (...folders: string[]): string[] =>
  sourceFiles(...folders)
    .filter((file) => file !== 'protocol/errors.ts' && !file.startsWith('test/meta/'))
    .map(read)

describe('the error table', () => {
  const entries = Object.entries<ErrorSpec>(errors)

  it('gives every failure a number of its own, ours outside of the band of JSON-RPC', () => {
    const numbers = entries.map(([, { number }]) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
    for (const [slug, { number }] of entries) {
      const reserved = slug.startsWith('rpc.') || slug === 'internal'
      expect(number >= -32768 && number <= -32000, `${slug} ${number}`).toBe(reserved)
    }
  })

  it('says what happened and what to do', () => {
    for (const [slug, { text, hint }] of entries) {
      expect(text, slug).toMatch(/\S/)
      expect(hint, slug).toMatch(/\S/)
    }
  })

  it('has no failure that nothing raises', () => {
    const sources = textsOf('protocol', 'daemon', 'client-cli', 'web')
    const raised = (slug: string): boolean => sources.some((text) => text.includes(`'${slug}'`))
    expect(Object.keys(errors).filter((slug) => !raised(slug))).toEqual([])
  })

  it('has no failure that no test provokes, by slug, number or sentence', () => {
    const tests = textsOf('test').map((text) => text.replace(/(?<=\d)_(?=\d)/g, ''))
    const tested = (slug: string, { number, text }: ErrorSpec): boolean => {
      const sentence = text
        .split(/\{\w+\}/)
        .reduce((longest, part) => (part.length > longest.length ? part : longest))
      const names = [
        `'${slug}'`,
        number < 0 ? `${number}` : `(${number})`,
        sentence.trim().replace(/\.$/, ''),
      ]
      return tests.some((test) => names.some((name) => test.includes(name)))
    }
    expect(entries.filter(([slug, spec]) => !tested(slug, spec)).map(([slug]) => slug)).toEqual([])
  })
})

describe('the table of warnings', () => {
  const entries = Object.entries<Warnable>(warnables)

  it('says what happened and what to do, and names only parents that exist', () => {
    for (const [code, { title, text, fix, dependsOn, timeToVisibleMs }] of entries) {
      expect(code).toMatch(/^[a-z]+\.[a-z_]+$/)
      for (const sentence of [title, text, fix]) expect(sentence, code).toMatch(/\S/)
      expect(timeToVisibleMs, code).toBeGreaterThanOrEqual(0)
      for (const parent of dependsOn) expect(Object.keys(warnables), code).toContain(parent)
    }
  })

  it('has no warning that explains itself, however many steps it takes', () => {
    const parents = (code: string): readonly string[] => warnables[code as WarningCode].dependsOn
    for (const [code] of entries) {
      const above = new Set(parents(code))
      for (const parent of above) for (const next of parents(parent)) above.add(next)
      expect(above.has(code), code).toBe(false)
    }
  })

  it('has no warning that nothing raises and no test provokes', () => {
    for (const folders of [['daemon'], ['test']]) {
      const texts = textsOf(...folders)
      expect(
        Object.keys(warnables).filter((code) => !texts.some((text) => text.includes(`'${code}'`))),
      ).toEqual([])
    }
  })
})

describe('the method table', () => {
  const entries = Object.entries<Method>(methods)

  it('gives every method a summary that is one or two sentences, a kind and a version', () => {
    for (const [name, { summary, since, kind }] of entries) {
      expect(name).toMatch(/^[a-z]+\.[a-z]+$/)
      expect(summary, name).toMatch(/^[A-Z].*\.$/)
      expect(since, name).toBeGreaterThanOrEqual(1)
      expect(since, name).toBeLessThanOrEqual(PROTOCOL_VERSION)
      expect(['query', 'command'], name).toContain(kind)
    }
  })

  it('has no method that no test calls', () => {
    const tests = textsOf('test').map((text) => text.replace(/(?<=\d)_(?=\d)/g, ''))
    const tested = (name: string): boolean => tests.some((text) => text.includes(`'${name}'`))
    expect(Object.keys(methods).filter((name) => !tested(name))).toEqual([])
  })
})
