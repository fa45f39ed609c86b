import { readFileSync } from 'node:fs'

/** What the system says in one of its files; null where there is none, or none that may be read. */
export function systemFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
