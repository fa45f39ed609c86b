import { join } from 'node:path'
import { makeFolderDurably, syncFolder } from '../../../../kernel/fs/durable.ts'
import type { SystemPath } from './entry-paths.ts'
import { H1Index } from './h1-index.ts'
import { ObjectFiles } from './object-files.ts'
import { type TakeOptions, takeTree } from './take-tree.ts'
import { decodeTree, digestOf, encodeTree, type Tree } from './tree.ts'
import { type WriteOptions, writeTree } from './write-tree.ts'

/** Writes under way at a time: enough for the disk to sync several at once. */
const parallelWrites = 16
/** Contents held in memory, so that what goes to a hundred places is read and checked once. */
const rememberedBytes = 32 * 1024 * 1024

/**
 * Contents and trees of artifacts, each kept once, under the digest of what it is. What it answers is what was kept, or
 * null: a damaged object is noticed when it is read, and written anew when it is next kept.
 *
 * Below its folder: `content/` (files and link targets), `trees/`, `h1/` (the last tree with an H1). Deleting all of it loses
 * snapshots and bases of merges, and nothing of a collection.
 */
export class ObjectStore {
  readonly content: ObjectFiles
  readonly trees: ObjectFiles
  readonly h1: H1Index
  readonly #folder: string
  readonly #remembered = new Map<string, Buffer>()
  #rememberedBytes = 0

  constructor(folder: string) {
    this.#folder = folder
    this.content = new ObjectFiles(join(folder, 'content'))
    this.trees = new ObjectFiles(join(folder, 'trees'))
    this.h1 = new H1Index(join(folder, 'h1'))
  }

  /**
   * Keeps an artifact as it is now; contents are on the disk before the tree that names them. Errors: `object.unreadable`,
   * `object.too_large`, those of writing.
   *
   * Whoever keeps thousands gives a set for `later`: names are on the disk after `settle` with it, and nothing may refer to
   * what was kept before.
   */
  async keep(path: SystemPath, options: TakeOptions = {}, later: Set<string> | null = null): Promise<Tree> {
    const contents = new Map<string, Buffer>()
    const tree = takeTree(path, options, (digest, content) => contents.set(digest, content))
    await this.#keepAll([...contents], later)
    await this.keepTree(tree, later)
    return tree
  }

  /** Makes the names durable that were left for later: those of contents, then those of trees. */
  async settle(later: ReadonlySet<string>): Promise<void> {
    for (const folder of [...later].sort()) await syncFolder(folder)
  }

  /** Keeps a content that belongs to no artifact, durably; answers its digest. */
  async keepContent(content: string | Uint8Array): Promise<string> {
    const digest = digestOf(content)
    await this.#keepAll([[digest, content]])
    return digest
  }

  /** Keeps a tree whose contents are kept already, e.g. one made of the entries of others. */
  async keepTree(tree: Tree, later: Set<string> | null = null): Promise<void> {
    const folder = await this.trees.put(tree.id, encodeTree(tree))
    if (folder !== null) {
      if (later) later.add(folder)
      else await syncFolder(folder)
    }
    // What a link in place of the artifact leads to is not in the tree, which is no base of a merge then.
    if (tree.entries[0]?.kind === 'link' && tree.isFile) return
    await this.h1.put(tree.h1, tree.id)
  }

  /** The tree with this id; null when it is not here, or not whole. */
  async tree(id: string): Promise<Tree | null> {
    const text = await this.trees.get(id)
    return text && decodeTree(text.toString())
  }

  /** The last tree kept with this H1 (formats spec section 5), e.g. what a deployment record names. */
  async treeOfH1(h1: string): Promise<Tree | null> {
    const id = await this.h1.get(h1)
    const tree = id === null ? null : await this.tree(id)
    if (tree?.h1 !== h1) return null
    // A power cut may have left a tree without what it names, where many were kept at once.
    for (const { digest } of tree.entries) if (!(await this.content.has(digest))) return null
    return tree
  }

  /** A content; null when it is not here, or not whole. */
  async read(digest: string): Promise<Buffer | null> {
    const known = this.#remembered.get(digest)
    if (known) return known
    const content = await this.content.get(digest)
    if (content && this.#rememberedBytes + content.length <= rememberedBytes) {
      this.#remembered.set(digest, content)
      this.#rememberedBytes += content.length
    }
    return content
  }

  /** Makes `to`, which must not exist; on the disk when the promise resolves. Errors: those of `writeTree`. */
  write(tree: Tree, to: string, options?: WriteOptions): Promise<void> {
    return writeTree(tree, to, (digest) => this.read(digest), options)
  }

  async #keepAll(
    contents: ReadonlyArray<readonly [digest: string, content: string | Uint8Array]>,
    later: Set<string> | null = null,
  ): Promise<void> {
    await makeFolderDurably(this.#folder)
    const unsynced = later ?? new Set<string>()
    let next = 0
    const work = async (): Promise<void> => {
      for (let entry = contents[next++]; entry; entry = contents[next++]) {
        const folder = await this.content.put(...entry)
        if (folder !== null) unsynced.add(folder)
      }
    }
    await Promise.all(Array.from({ length: Math.min(parallelWrites, contents.length) }, work))
    if (!later) await Promise.all([...unsynced].map((folder) => syncFolder(folder)))
  }
}

/** The tree of an artifact as it is now, without keeping anything. Errors: `object.unreadable`, `object.too_large`. */
export async function readTree(path: SystemPath, options: TakeOptions = {}): Promise<Tree> {
  return takeTree(path, options)
}
