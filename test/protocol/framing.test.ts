import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter, LineTooLong } from '../../protocol/framing.ts'

const feed = (chunks: Iterable<Buffer>, limit = 1_000_000): string[] => {
  const splitter = new LineSplitter(limit)
  return [...chunks].flatMap((chunk) => [...splitter.push(chunk)])
}

/** Cuts `bytes` at the given places. */
const cutAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end))
}

/** Text of one line: anything but a line end, characters of one to four bytes. */
const lineText = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => Buffer.from(text.replace(/[\r\n]/g, ' ')).toString())
const separators = fc.constantFrom('\n', '\r\n', '\n\n', '\n\r\n')

describe('LineSplitter', () => {
  it('gives back the lines of a stream, wherever it is cut (P4)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lineText, separators)),
        fc.array(fc.nat(), { maxLength: 30 }),
        (lines, places) => {
          const stream = Buffer.from(lines.map(([text, end]) => text + end).join(''))
          const got = feed(cutAt(stream, places)).map((line) => line.replace(/\r$/, ''))
          expect(got).toEqual(lines.map(([text]) => text).filter((text) => text !== ''))
        },
      ),
    )
  })

  it('gives back each line when every byte comes alone, also inside of a character', () => {
    const stream = Buffer.from('{"a":"é€😀"}\n\n\r\n{"b":1}\r\nrest')
    const bytes = Array.from(stream, (byte) => Buffer.from([byte]))
    expect(feed(bytes)).toEqual(['{"a":"é€😀"}', '{"b":1}\r'])
  })

  it('keeps what follows the last line end until the rest comes', () => {
    const splitter = new LineSplitter(100)
    expect([...splitter.push(Buffer.from('one\ntw'))]).toEqual(['one'])
    expect(splitter.pendingBytes).toBe(2)
    expect([...splitter.push(Buffer.from('o\n'))]).toEqual(['two'])
    expect(splitter.pendingBytes).toBe(0)
  })

  it.each([1, 3, 7, 64])('takes a line of exactly the limit and no byte more, in chunks of %i', (size) => {
    const inChunks = (text: string): Buffer[] =>
      Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        Buffer.from(text.slice(i * size, (i + 1) * size)),
      )
    expect(feed(inChunks(`${'x'.repeat(20)}\nnext\n`), 20)).toEqual(['x'.repeat(20), 'next'])
    expect(() => feed(inChunks(`${'x'.repeat(21)}\n`), 20)).toThrow(LineTooLong)
  })

  it('counts bytes, not characters', () => {
    expect(feed([Buffer.from('éé\n')], 4)).toEqual(['éé'])
    expect(() => feed([Buffer.from('éé\n')], 3)).toThrow(new LineTooLong(3))
  })

  it('hands over the lines before one that is too long, and refuses that before its end is there', () => {
    const splitter = new LineSplitter(8)
    const got: string[] = []
    expect(() => {
      for (const line of splitter.push(Buffer.from('first\nsecond and more'))) got.push(line)
    }).toThrow(LineTooLong)
    expect(got).toEqual(['first'])
  })

  it('follows a limit that is raised between lines', () => {
    const splitter = new LineSplitter(4)
    expect([...splitter.push(Buffer.from('1234\n'))]).toEqual(['1234'])
    splitter.limit = 6
    expect([...splitter.push(Buffer.from('123456\n'))]).toEqual(['123456'])
  })

  it('replaces bytes that are no UTF-8 and goes on with the next line', () => {
    expect(feed([Buffer.from([0xff, 0xc3, 0x0a, 0x61, 0x0a])])).toEqual(['\ufffd\ufffd', 'a'])
  })
})
