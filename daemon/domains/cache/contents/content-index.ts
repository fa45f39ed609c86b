import type { DaemonContext } from '../../../context.ts'
import { HAS_CONTENT } from './content-writes.ts'

/** Contents taken in at a time, about 50 ms: other writes go between. */
const AT_ONCE = 100

export type ContentsContext = Pick<DaemonContext, 'db' | 'engine' | 'log'>

/**
 * Brings the index of contents in line when somebody asks for it, and never else: who does not search contents pays
 * nothing for it, neither time nor room. While nothing changed in the cache, to ask costs nothing.
 */
export class ContentIndex {
  readonly #ctx: ContentsContext
  /** Of the database, when all was in line. */
  #version: number | null = null
  #running: Promise<void> | null = null

  constructor(ctx: ContentsContext) {
    this.#ctx = ctx
  }

  /** Resolves when everything that artifacts hold is in the index. Errors: those of a write. */
  async ready(): Promise<void> {
    const { db } = this.#ctx
    const { version } = db
    if (version === this.#version) return
    if (!this.#isBehind()) {
      this.#version = version
      return
    }
    this.#running ??= this.#catchUp().finally(() => {
      this.#running = null
    })
    await this.#running
  }

  /** Whether an artifact has a content that is not indexed. Plan: one pass over the artifacts. */
  #isBehind(): boolean {
    const found = this.#ctx.db.valueSql<number>(
      `SELECT 1 FROM artifacts a WHERE ${HAS_CONTENT}
       AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.hash = a.hash) LIMIT 1`,
    )
    return found !== undefined
  }

  async #catchUp(): Promise<void> {
    const { engine, log } = this.#ctx
    let indexed = 0
    for (let after: number | null = 0; after !== null; ) {
      const done: { indexed: number; next: number | null } = await engine.write('indexContents', {
        after,
        limit: AT_ONCE,
      })
      indexed += done.indexed
      after = done.next
    }
    log.info('contents indexed', { contents: indexed })
  }
}
