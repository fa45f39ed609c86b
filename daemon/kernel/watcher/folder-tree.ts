import {
  depthOf,
  type Folder,
  type Interest,
  type Link,
  newFolder,
  newRoot,
  nobody,
  pathOf,
  type Root,
} from './folder.ts'
import { holds, isForbidden, targetOf } from './links.ts'
import { leaf, type WatchRoot, type WatchRule } from './rule.ts'
import type { Owner } from './watcher.ts'

/** As the kernel itself: more links in a row are a loop. */
const MOST_HOPS = 40

/** What the tree says to whoever watches its folders. */
export type TreeHooks = {
  /** The folder is watched for something else than before. */
  changed(folder: Folder): void
  /** The folder is not in the tree any more. */
  dropped(folder: Folder): void
}

/** The folders that are watched, from the top of the file system, and the places of all owners among them. */
export class FolderTree {
  readonly top = newFolder(null, '/')
  readonly #hooks: TreeHooks
  readonly #owners = new Map<Owner, Root[]>()
  /** By owner, where links lead. */
  readonly #linked = new Map<Owner, Map<string, Root[]>>()

  constructor(hooks: TreeHooks) {
    this.#hooks = hooks
  }

  get owners(): Iterable<Owner> {
    return this.#owners.keys()
  }

  /** The first place of an owner; undefined when it has none. */
  placeOf(owner: Owner): string | undefined {
    return this.#owners.get(owner)?.[0]?.path
  }

  has(owner: Owner): boolean {
    return this.#owners.has(owner)
  }

  clear(): void {
    this.drop(this.top)
    this.#owners.clear()
    this.#linked.clear()
  }

  set(owner: Owner, roots: readonly WatchRoot[]): void {
    const old = this.#owners.get(owner) ?? []
    const kept: Root[] = []
    const added: Root[] = []
    for (const root of roots) {
      const known = old.find((each) => each.path === root.path && each.rule === root.rule)
      if (known) kept.push(known)
      else added.push(newRoot(owner, root, 0))
    }
    this.#owners.set(owner, [...kept, ...added])
    for (const root of old) if (!kept.includes(root)) this.#removeRoot(root)
    for (const root of added) this.#addRoot(root)
  }

  remove(owner: Owner): void {
    const roots = this.#owners.get(owner) ?? []
    const linked = [...(this.#linked.get(owner)?.values() ?? [])].flat()
    this.#owners.delete(owner)
    this.#linked.delete(owner)
    for (const root of [...roots, ...linked]) this.#removeRoot(root)
  }

  #addRoot(root: Root): void {
    let folder = this.top
    for (const [depth, name] of root.parts.entries()) {
      folder.ways ??= new Map()
      const there = folder.ways.get(name)
      if (there) there.add(root)
      else folder.ways.set(name, new Set([root]))
      const isInside = depth < root.parts.length - 1 || root.rule.enters
      const child = isInside ? folder.children?.get(name) : undefined
      if (!child) {
        this.#hooks.changed(folder)
        return
      }
      folder = child
    }
    this.assign(folder, [...folder.interests, root.interest])
    this.#hooks.changed(folder)
  }

  #removeRoot(root: Root): void {
    root.gone = true
    const path: Folder[] = [this.top]
    for (const name of root.parts) {
      const folder = path.at(-1) as Folder
      const there = folder.ways?.get(name)
      there?.delete(root)
      if (there?.size === 0) folder.ways?.delete(name)
      const links = folder.links?.get(name)
      if (links)
        this.#setLinks(
          folder,
          name,
          links.filter(({ via }) => via !== root),
        )
      const child = folder.children?.get(name)
      if (!child) break
      path.push(child)
    }
    this.#withdraw(path.at(-1) as Folder, root)
    for (const folder of path.reverse()) if (folder.parent && isUnwanted(folder)) this.drop(folder)
  }

  /** Takes the root's interest from the folder and those below. */
  #withdraw(folder: Folder, root: Root): void {
    if (!folder.interests.some((each) => each.root === root)) return
    for (const [name, links] of folder.links ?? [])
      this.#setLinks(
        folder,
        name,
        links.filter(({ via }) => via !== root),
      )
    for (const child of [...(folder.children?.values() ?? [])]) this.#withdraw(child, root)
    const left = folder.interests.filter((each) => each.root !== root)
    this.assign(folder, left)
    if (folder.parent && isUnwanted(folder)) this.drop(folder)
  }

  /** Sets what a folder is watched for, and keeps count where there is a limit. */
  assign(folder: Folder, interests: readonly Interest[]): void {
    for (const { root } of folder.interests) if (root.limit) root.limit.folders--
    for (const { root } of interests) if (root.limit) root.limit.folders++
    folder.interests = interests.length === 0 ? nobody : interests
  }

  /** Ends the watches of a folder and of all below it, and forgets them. */
  drop(folder: Folder): void {
    folder.gone = true
    folder.parent?.children?.delete(folder.name)
    this.#hooks.dropped(folder)
    for (const child of [...(folder.children?.values() ?? [])]) this.drop(child)
    for (const name of [...(folder.links?.keys() ?? [])]) this.#setLinks(folder, name, [])
    this.assign(folder, nobody)
    folder.children = null
  }

  /**
   * Watches what a link leads to, hop by hop, in place of what it led to before. Returns the owners for whom it leads
   * somewhere new.
   */
  follow(folder: Folder, name: string, isLink: boolean): Owner[] {
    const old = folder.links?.get(name) ?? []
    const target = isLink ? targetOf(folder, name) : null
    if (target === null) {
      this.#setLinks(folder, name, [])
      return []
    }
    const next: Link[] = []
    const news: Owner[] = []
    const add = (via: Root, path: string, rule: WatchRule): void => {
      if (via.hops >= MOST_HOPS || via.gone) return
      const known = old.find((link) => link.via === via && link.to.path === path && link.to.rule === rule)
      next.push(known ?? { via, to: this.#linkRoot(via, path, rule) })
      if (!known) news.push(via.owner)
    }
    const depth = depthOf(folder)
    for (const root of folder.ways?.get(name) ?? []) {
      add(root, [target, ...root.parts.slice(depth + 1)].join('/').replace(/^\/\//, '/'), root.rule)
    }
    for (const { root, rule } of folder.interests) {
      const inside = rule.of(name)
      if (inside === null) continue
      const follows =
        rule.links && inside.enters && !isForbidden(folder, rule) && !holds(target, pathOf(folder))
      add(root, target, follows ? inside : leaf)
    }
    this.#setLinks(folder, name, next)
    return news
  }

  #linkRoot(via: Root, path: string, rule: WatchRule): Root {
    const ofOwner = this.#linked.get(via.owner) ?? new Map<string, Root[]>()
    this.#linked.set(via.owner, ofOwner)
    const there = ofOwner.get(path) ?? []
    const known = there.find((root) => root.rule === rule)
    if (known) {
      known.uses++
      return known
    }
    const root = newRoot(via.owner, { path, rule }, via.hops + 1)
    ofOwner.set(path, [...there, root])
    this.#addRoot(root)
    return root
  }

  #setLinks(folder: Folder, name: string, links: Link[]): void {
    const old = folder.links?.get(name) ?? []
    if (links.length > 0) {
      folder.links ??= new Map()
      folder.links.set(name, links)
    } else folder.links?.delete(name)
    if (folder.links?.size === 0) folder.links = null
    for (const link of old) if (!links.includes(link)) this.#releaseLink(link.to)
  }

  #releaseLink(root: Root): void {
    root.uses--
    if (root.uses > 0 || root.gone) return
    const ofOwner = this.#linked.get(root.owner)
    const left = ofOwner?.get(root.path)?.filter((each) => each !== root) ?? []
    if (left.length > 0) ofOwner?.set(root.path, left)
    else ofOwner?.delete(root.path)
    this.#removeRoot(root)
  }
}

const isUnwanted = ({ interests, ways }: Folder): boolean => interests.length === 0 && !ways?.size
