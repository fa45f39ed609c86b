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

/** What a splitter has to do, in the plainest way: all lines of `bytes` up to the first that is too long. */
const plainly = (bytes: Buffer, limit: number): { lines: string[]; tooLong: boolean } => {
  const lines: string[] = []
  let rest = bytes
  let tooLong = false
  while (rest.length > 0) {
    const end = rest.indexOf(0x0a)
    tooLong = (end === -1 ? rest.length : end) > limit
    if (end === -1 || tooLong) break
    lines.push(rest.subarray(0, end).toString('utf8'))
    rest = rest.subarray(end + 1)
  }
  return { lines: lines.filter((line) => line !== '' && line !== '\r'), tooLong }
}
const pushed = (chunks: Iterable<Buffer>, limit: number): { lines: string[]; tooLong: boolean } => {
  const splitter = new LineSplitter(limit)
  const lines: string[] = []
  try {
    for (const chunk of chunks) {
      for (const line of splitter.push(chunk)) lines.push(line)
      expect(splitter.pendingBytes).toBeLessThanOrEqual(limit)
    }
  } catch (error) {
    expect(error).toEqual(new LineTooLong(limit))
    return { lines, tooLong: true }
  }
  return { lines, tooLong: false }
}

/** Messages and what hostile clients put between them, as bytes. */
const nasty = Buffer.concat([
  Buffer.from('{"jsonrpc":"2.0","id":1,"method":"é€😀"}\n\r\n\n'),
  // Bytes that are no UTF-8: a lone continuation, an overlong slash, half of a surrogate pair, a cut character
  Buffer.from([0x80, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x0a]),
  // A byte order mark, NUL, the other line ends that are none here
  Buffer.from([0xef, 0xbb, 0xbf, 0x00, 0x0b, 0x0c, 0x85, 0xe2, 0x80, 0xa8, 0x0d, 0x0d, 0x0a]),
  Buffer.from('[1e999,{"a":1,"a":2,"__proto__":{}}]\n{"b":"\ud83d\\ud800"}\r\n'),
  Buffer.from('\n\n\n[[[[[['),
])

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

  it('gives the same for bytes of any kind, cut in any way, under any limit (P4)', () => {
    const ends = fc.constantFrom(...['\n', '\r\n', '\n\n', ''].map((end) => Buffer.from(end)))
    const piece = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(nasty, Buffer.alloc(5_000, 'x')))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(piece, ends), { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 20_000 })),
        (pieces, places, limit) => {
          const bytes = Buffer.concat(pieces.flat())
          expect(pushed(cutAt(bytes, places), limit)).toEqual(plainly(bytes, limit))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives the same wherever a nasty stream is cut in three, and byte by byte', () => {
    const expected = plainly(nasty, 1_000)
    expect(expected.lines.length).toBe(5)
    for (let first = 0; first <= nasty.length; first++) {
      for (let second = first; second <= nasty.length; second++) {
        const { lines } = pushed(cutAt(nasty, [first, second]), 1_000)
        if (lines.join('\n') !== expected.lines.join('\n'))
          expect(lines, `${first}, ${second}`).toEqual(expected.lines)
      }
    }
    expect(
      pushed(
        Array.from(nasty, (byte) => Buffer.from([byte])),
        1_000,
      ),
    ).toEqual(expected)
  })

  it('holds a line of single bytes in little more memory than it has', () => {
    const splitter = new LineSplitter(4_000_000)
    const before = process.memoryUsage()
    for (let i = 0; i < 2_000_000; i++)
      for (const _ of splitter.push(Buffer.from([0x78]))) expect.unreachable()
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    expect(splitter.pendingBytes).toBe(2_000_000)
    expect(arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(40_000_000)
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
