/** What a tree merge works on. */

/** A file or link of a version; the same shape as an entry of a kept tree. */
export type MergeEntry = {
  /** `/`-separated, relative to the artifact; of a single file its name, which carries no meaning. */
  path: string
  kind: 'file' | 'link'
  mode: 0o644 | 0o755
  /** SHA-256 of the content, of a link of its target's text, 64 hex. */
  digest: string
  sizeBytes: number
}

export type MergeSide = {
  entries: readonly MergeEntry[]
  /** Errors: those of whoever keeps the content; nothing is merged then. */
  read(entry: MergeEntry): Promise<Buffer>
}

/** Longer files are not merged line by line, nor compared for likeness. */
export const MAX_MERGE_BYTES = 5_000_000

export const isSameContent = (a: MergeEntry | null, b: MergeEntry | null): boolean =>
  a === null || b === null ? a === b : a.kind === b.kind && a.digest === b.digest
