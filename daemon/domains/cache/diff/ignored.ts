/** Files that a comparison leaves out, by patterns. */
import picomatch from 'picomatch'

export type Ignored = {
  /** Whether what has this path is left out, itself or with a folder it lies in; `/`-separated. */
  path(path: string): boolean
  /** Whether everything with this name is left out, at any depth. */
  name(name: string): boolean
}

const options = { dot: true, nonegate: true } as const

/** `*`, `?`, `**` and `[abc]` stand for parts. A pattern without `/` is for names, any other for paths from the top. */
export function ignoring(patterns: readonly string[]): Ignored {
  const trimmed = patterns.map((pattern) => pattern.replace(/^\.?\/|\/+$/g, '')).filter(Boolean)
  const name = matcher(trimmed.filter((pattern) => !pattern.includes('/')))
  const whole = matcher(trimmed.filter((pattern) => pattern.includes('/')))
  return {
    name,
    path(path) {
      const parts = path.split('/')
      return parts.some((part, n) => name(part) || whole(parts.slice(0, n + 1).join('/')))
    },
  }
}

const matcher = (patterns: readonly string[]): ((text: string) => boolean) =>
  patterns.length === 0 ? () => false : picomatch([...patterns], options)
