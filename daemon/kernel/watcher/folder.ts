/** One watched folder, and what it is watched for. */
import type { RawWatch } from './raw-source.ts'
import type { WatchLimit, WatchRoot, WatchRule } from './rule.ts'
import type { Owner } from './watcher.ts'

/** A place of one owner, and the way to it. Links make further ones. */
export type Root = {
  owner: Owner
  path: string
  /** Names from the top of the file system. */
  parts: readonly string[]
  rule: WatchRule
  /** What the folder at the end of the way is watched for. */
  interest: Interest
  limit: WatchLimit | null
  /** How many links it took to come here: 0 for what the owner named. */
  hops: number
  /** How many links lead here. */
  uses: number
  gone: boolean
}

/** What a folder is watched for. */
export type Interest = { root: Root; rule: WatchRule }

/** A link and where it leads for one root. */
export type Link = { via: Root; to: Root }

/** One folder. There may be many, so nothing is allocated before it is needed. */
export type Folder = {
  /** `/` at the top. Paths are put together when they are needed: ten thousand of them are a megabyte. */
  name: string
  parent: Folder | null
  watch: RawWatch | null
  interests: readonly Interest[]
  /** Places that lie further down, by the next name on the way. */
  ways: Map<string, Set<Root>> | null
  children: Map<string, Folder> | null
  links: Map<string, Link[]> | null
  /** What is to be done with it, see below; 0 when nothing is. */
  todo: number
  /** Something in it says that its folders are of no interest, see `ends` of a rule. */
  ends: boolean
  gone: boolean
}

/** The folder is in the queue. */
export const QUEUED = 1
/** Its watch may be one of a folder that was here before. */
export const RENEW = 2
/** It was not watched a moment ago: whatever is in it is news. */
export const FRESH = 4

export const nobody: readonly Interest[] = []

export function newFolder(parent: Folder | null, name: string): Folder {
  return {
    name,
    parent,
    watch: null,
    interests: nobody,
    ways: null,
    children: null,
    links: null,
    todo: 0,
    ends: false,
    gone: false,
  }
}

export function pathOf(folder: Folder): string {
  return folder.parent === null ? folder.name : childPath(folder.parent, folder.name)
}

export const childPath = (folder: Folder, name: string): string =>
  folder.parent === null ? folder.name + name : `${pathOf(folder)}/${name}`

export function newRoot(owner: Owner, { path, rule, limit }: WatchRoot, hops: number): Root {
  const root: Root = {
    owner,
    path,
    parts: path.split('/').filter((part) => part !== ''),
    rule,
    interest: null as unknown as Interest,
    limit: limit ?? null,
    hops,
    uses: 1,
    gone: false,
  }
  root.interest = { root, rule }
  return root
}

/** What a child folder of this name is watched for; the parent's own list where it is the same. */
export function interestsOf(folder: Folder, name: string): readonly Interest[] {
  let found: Interest[] | null = null
  let same = true
  for (const interest of folder.interests) {
    const rule = folder.ends && interest.rule.ends ? null : interest.rule.of(name)
    if (!rule?.enters) same = false
    else {
      const next = rule === interest.rule ? interest : { root: interest.root, rule }
      if (next !== interest) same = false
      found ??= []
      found.push(next)
    }
  }
  const roots = folder.ways?.get(name)
  if (roots) {
    const depth = depthOf(folder) + 1
    for (const root of roots) {
      if (depth < root.parts.length || !root.rule.enters) continue
      same = false
      found ??= []
      found.push(root.interest)
    }
  }
  if (found === null) return nobody
  return same ? folder.interests : found
}

/** Places beyond a child folder of this name. */
export function waysOf(folder: Folder, name: string): Map<string, Set<Root>> | null {
  const roots = folder.ways?.get(name)
  if (!roots) return null
  let ways: Map<string, Set<Root>> | null = null
  const depth = depthOf(folder) + 1
  for (const root of roots) {
    const next = root.parts[depth]
    if (next === undefined) continue
    ways ??= new Map()
    const there = ways.get(next)
    if (there) there.add(root)
    else ways.set(next, new Set([root]))
  }
  return ways
}

/** How many names lie before the folder; 0 for the top. */
export function depthOf(folder: Folder): number {
  let depth = 0
  for (let at = folder.parent; at !== null; at = at.parent) depth++
  return depth
}

export function sameInterests(left: readonly Interest[], right: readonly Interest[]): boolean {
  if (left === right) return true
  if (left.length !== right.length) return false
  return left.every((each, index) => each.root === right[index]?.root && each.rule === right[index]?.rule)
}
