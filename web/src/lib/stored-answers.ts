/** Answers of the last visit, in the browser's storage: the last picture, when the daemon does not answer. */

type Answer = { data: unknown; at: number }

export type StoredAnswers = {
  read(key: string): Answer | null
  write(key: string, answer: Answer): void
  clear(): void
}

/** An answer longer than this is not kept; the storage of a site has about five million characters. */
const MAX_ANSWER = 600_000
const MAX_ALL = 3_000_000
/** Shapes of answers change with versions; what another one stored is not read. */
const PREFIX = 'smd:1:'

/** Keeps answers in `storage`, the oldest go first; without storage, or when it fails, nothing is kept. */
export function storeAnswers(storage: Storage | null, whenIdle: (work: () => void) => void): StoredAnswers {
  const waiting = new Map<string, Answer>()
  const own = (): string[] => Object.keys(storage ?? {}).filter((name) => /^smd:\d+:/.test(name))

  const save = (): void => {
    for (const [key, answer] of waiting) {
      const text = JSON.stringify(answer)
      if (text.length <= MAX_ANSWER) put(PREFIX + key, text)
      else storage?.removeItem(PREFIX + key)
    }
    waiting.clear()
  }
  const put = (name: string, text: string): void => {
    const others = own()
      .filter((other) => other !== name)
      .map((other) => ({ other, text: storage?.getItem(other) ?? '' }))
      .map(({ other, text }) => ({
        other,
        size: text.length,
        at: other.startsWith(PREFIX) ? timeOf(text) : 0,
      }))
      .toSorted((a, b) => a.at - b.at)
    let size = text.length + others.reduce((sum, other) => sum + other.size, 0)
    for (const oldest of others) {
      if (size <= MAX_ALL) break
      storage?.removeItem(oldest.other)
      size -= oldest.size
    }
    try {
      storage?.setItem(name, text)
    } catch {
      // Full or forbidden: the page works without.
    }
  }

  return {
    read(key) {
      try {
        const text = storage?.getItem(PREFIX + key)
        return text ? (JSON.parse(text) as Answer) : null
      } catch {
        return null
      }
    },
    write(key, answer) {
      const isFirst = waiting.size === 0
      waiting.set(key, answer)
      if (isFirst) whenIdle(save)
    },
    clear() {
      for (const name of own()) storage?.removeItem(name)
    },
  }
}

/** `at` stands last, so that it is found without parsing everything. */
const timeOf = (text: string): number => Number(/"at":(\d+)\}$/.exec(text)?.[1] ?? 0)
