type Keyed = { rows: Uint32Array; keys: Float64Array }

/** Values of a digit: as many counters fit the processor's cache. */
const DIGIT = 2_048

/**
 * Puts `rows` in the ascending order of their keys; rows of equal keys stay in the order they have. `keys` has one whole
 * number from 0 to below 2^53 per row. A radix sort: linear, so that 100,000 rows take a few milliseconds.
 */
export function stableOrder(rows: Uint32Array, keys: Float64Array): Uint32Array {
  const { length } = rows
  let from: Keyed = { rows, keys }
  let into: Keyed = { rows: new Uint32Array(length), keys: new Float64Array(length) }
  let spare: Keyed = { rows: new Uint32Array(length), keys: new Float64Array(length) }
  const highest = keys.reduce((max, key) => Math.max(max, key), 0)
  for (let unit = 1; unit <= highest; unit *= DIGIT) {
    const places = placesOf(from.keys, unit)
    for (let at = 0; at < length; at++) {
      const key = from.keys[at] as number
      const digit = digitOf(key, unit)
      const place = places[digit] as number
      places[digit] = place + 1
      into.keys[place] = key
      into.rows[place] = from.rows[at] as number
    }
    from = into
    into = spare
    spare = from
  }
  return from.rows
}

/** Where the first key of each digit goes. */
function placesOf(keys: Float64Array, unit: number): Uint32Array {
  const counts = new Uint32Array(DIGIT)
  for (const key of keys) {
    const digit = digitOf(key, unit)
    counts[digit] = (counts[digit] as number) + 1
  }
  let place = 0
  return counts.map((count) => {
    place += count
    return place - count
  })
}

const digitOf = (key: number, unit: number): number => Math.floor(key / unit) % DIGIT
