/**
 * How long to wait before attempt `retry` + 1 (0: the first repetition), in ms: anything up to a bound that doubles, so
 * that many who failed together do not come back together ("full jitter"). `random`: 0 to 1, without 1.
 */
export function backoffMs(retry: number, random: () => number, baseMs = 500, maxMs = 8_000): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(retry, 30))
}
