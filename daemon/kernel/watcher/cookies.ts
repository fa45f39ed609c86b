import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newUniqueId } from '../unique-id.ts'
import type { Clock } from './clock.ts'
import { leaf, type WatchRoot, type WatchRule } from './rule.ts'

const anyFile: WatchRule = { of: () => leaf, enters: true, links: false }

/**
 * Files that are made only to see their own event (as watchman's cookies): the events of one queue are told in order,
 * so what was changed before has been told when the event comes.
 */
export class Cookies {
  readonly root: WatchRoot
  readonly #clock: Clock
  readonly #waiting = new Map<string, (seen: boolean) => void>()

  /** `dir`: a folder of smd's own, made when it is not there. */
  constructor(dir: string, clock: Clock) {
    this.root = { path: dir, rule: anyFile }
    this.#clock = clock
  }

  /** Makes the folder and removes what an earlier process left. */
  prepare(): void {
    try {
      rmSync(this.root.path, { recursive: true, force: true })
      mkdirSync(this.root.path, { recursive: true, mode: 0o700 })
    } catch {
      // Then no cookie can be written either, and whoever waits for one is told so.
    }
  }

  /** True when the events of everything done before were told; false when that is not certain. */
  async wait(timeoutMs: number): Promise<boolean> {
    const name = newUniqueId()
    const file = join(this.root.path, name)
    const seen = new Promise<boolean>((done) => {
      const cancel = this.#clock.after(timeoutMs, () => done(false))
      this.#waiting.set(name, (isSeen) => {
        cancel()
        done(isSeen)
      })
    })
    try {
      // Somebody may have tidied up
      mkdirSync(this.root.path, { recursive: true, mode: 0o700 })
      writeFileSync(file, '', { mode: 0o600, flag: 'wx' })
    } catch {
      // A full or read-only disk
      this.noticed(name, false)
      return seen.finally(() => this.#waiting.delete(name))
    }
    try {
      return await seen
    } finally {
      this.#waiting.delete(name)
      remove(file)
    }
  }

  /** Something happened to the file of this name. */
  noticed(name: string, seen = true): void {
    this.#waiting.get(name)?.(seen)
  }

  /** No event is to be relied on: all who wait are told so. */
  giveUp(): void {
    for (const done of this.#waiting.values()) done(false)
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // It stays until the next start
  }
}
