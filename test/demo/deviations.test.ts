import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { deviate, editByHand, frontmatterName, rename } from './deviations.ts'

const skill = Buffer.from('---\nname: "demo"\ndescription: Größe – 2 €\n---\n# Demo\n')
const plain = Buffer.from('# No frontmatter\n')

describe('deviations', () => {
  it('put a byte order mark in front', () => {
    expect(deviate(skill, 'bom')).toEqual(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), skill]))
  })

  it('end every line with CR LF', () => {
    const text = deviate(skill, 'crlf')?.toString() ?? ''
    expect(text.split('\r\n').join('\n')).toBe(skill.toString())
    expect(text).not.toMatch(/[^\r]\n/)
  })

  it('make Latin-1 that is not UTF-8 and holds no NUL', () => {
    const bytes = deviate(skill, 'latin1') as Buffer
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow()
    expect(bytes.includes(0)).toBe(false)
    expect(bytes.toString('latin1')).toContain('Größe ? 2 ?')
  })

  it('break the YAML but keep the name readable by line', () => {
    const bytes = deviate(skill, 'invalid-yaml') as Buffer
    const block = /^---\n([\s\S]*?)\n---\n/.exec(bytes.toString())?.[1] ?? ''
    expect(parseDocument(block).errors).not.toEqual([])
    expect(frontmatterName(bytes)).toBe('demo')
  })

  it('remove the frontmatter', () => {
    expect(deviate(skill, 'no-frontmatter')?.toString()).toBe('# Demo\n')
  })

  it.each(['invalid-yaml', 'no-frontmatter'] as const)('cannot do %s without frontmatter', (deviation) => {
    expect(deviate(plain, deviation)).toBeNull()
  })

  it('rename in the frontmatter only', () => {
    const text = Buffer.from('---\nname: old\n---\nname: stays\n')
    expect(rename(text, 'new').toString()).toBe('---\nname: new\n---\nname: stays\n')
    expect(rename(plain, 'new')).toEqual(plain)
  })

  it('add a section when edited by hand', () => {
    expect(editByHand(skill, 'shop').toString().startsWith(skill.toString())).toBe(true)
    expect(editByHand(skill, 'shop').length).toBeGreaterThan(skill.length)
  })
})
