/** Texts as lines, byte for byte: a character stands for a byte, so that no encoding can lose any. */

/** Each with its line end; the last one may have none. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []
}

export const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'latin1')

/** As git sees it: a NUL among the first 8,000 bytes. */
export const isBinary = (bytes: Buffer): boolean => bytes.subarray(0, 8_000).includes(0)

/** Gives equal lines the same number, over all the texts it is asked about. */
export function createNumbering(): (lines: readonly string[]) => Int32Array {
  const numbers = new Map<string, number>()
  return (lines) =>
    Int32Array.from(lines, (line) => {
      const known = numbers.get(line)
      if (known !== undefined) return known
      numbers.set(line, numbers.size)
      return numbers.size - 1
    })
}
