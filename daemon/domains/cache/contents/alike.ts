/** What is alike among some contents, for whoever brings them together. */
import type { DaemonContext } from '../../../context.ts'
import { selectSketchesByHash } from './contents-repo.ts'
import { alikePairs } from './pairs.ts'
import { likeness } from './sketch.ts'

export type AlikeContents = {
  /** Hashes of what may belong together: each is reachable from each by steps of at least the likeness asked for. */
  groups: string[][]
  /** 0 to 1, to about 0.04; null where one of them has no words. */
  likeness(a: string, b: string): number | null
}

/** Compares the contents with these hashes (H1, hex) by their words. Errors: those of taking contents in. */
export async function alikeContents(
  ctx: Pick<DaemonContext, 'db' | 'contents'>,
  hashes: readonly string[],
  min: number,
): Promise<AlikeContents> {
  await ctx.contents.ready()
  const wanted = new Set(hashes)
  const found = selectSketchesByHash(ctx.db).filter(({ hash }) => wanted.has(hash))
  const sketches = new Map(found.map(({ hash, sketch }) => [hash, sketch]))
  const byId = new Map(found.map(({ id, hash }) => [id, hash]))
  const groups = await alikePairs(found, min)
  return {
    groups: groups.map(({ ids }) => ids.map((id) => byId.get(id) as string)),
    likeness(a, b) {
      const [left, right] = [sketches.get(a), sketches.get(b)]
      return left && right ? likeness(left, right) : null
    },
  }
}
