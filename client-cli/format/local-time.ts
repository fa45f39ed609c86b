/** `2026-11-25 21:45:03.123`, by the clock on the user's wall. */
export function localTime(at: Date): string {
  const two = (value: number, digits = 2): string => String(value).padStart(digits, '0')
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join(':')
  return `${date} ${time}.${two(at.getMilliseconds(), 3)}`
}
