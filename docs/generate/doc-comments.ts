/**
 * What members of the protocol's shapes mean: read from the doc comments beside them, because the schemas carry none
 * at run time.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const protocol = join(import.meta.dirname, '../../protocol')

export type DocComments = {
  /** Meaning by member; a fresh map, first come first served for members of the same name. */
  of(method: string, part: 'params' | 'result'): Map<string, string>
}

export function docComments(): DocComments {
  const domains = join(protocol, 'domains')
  const files = [join(protocol, 'primitives.ts'), ...readdirSync(domains).map((name) => join(domains, name))]
  const sources = files.map((file) => readFileSync(file, 'utf8'))
  const shapes = new Map(
    sources.flatMap((text) => blocks(text, /^export const (\w+) = [\s\S]*?^(?=export |$)/gm)),
  )
  const methods = new Map(
    sources.flatMap((text) => blocks(text, /^ {2}'([\w.]+)': defineMethod\([\s\S]*?^ {2}\}\),/gm)),
  )
  return {
    of(method, part) {
      const block = methods.get(method)
      if (block === undefined) throw new Error(`${method} is not in protocol/domains`)
      const cut = /^ {4}params:[\s\S]*?(?=^ {4}result:)|^ {4}result:[\s\S]*?(?=^ {4}errors:)/gm
      const [params = '', result = ''] = block.match(cut) ?? []
      const meanings = new Map<string, string>()
      collect(part === 'params' ? params : result, shapes, meanings)
      return meanings
    },
  }
}

const blocks = (text: string, pattern: RegExp): Array<[string, string]> =>
  [...text.matchAll(pattern)].map((match) => [match[1] ?? '', match[0]])

/** The members of a block first, then those of the shapes it names. */
function collect(block: string, shapes: ReadonlyMap<string, string>, into: Map<string, string>): void {
  for (const [, comment = '', key = ''] of block.matchAll(
    /\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*(\w+):/g,
  )) {
    if (!into.has(key)) into.set(key, comment.replace(/\s*\n\s*\*\s*/g, ' '))
  }
  for (const [name] of block.matchAll(/\b[A-Z]\w+\b/g)) {
    const shape = shapes.get(name)
    if (shape !== undefined && shape !== block)
      collect(shape.replace(`export const ${name}`, ''), shapes, into)
  }
}
