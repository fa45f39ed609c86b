/** What an operation changes, and what is kept of it. Everything here is plain JSON. */

/**
 * What lies, or shall lie, at a path: nothing, what the object store keeps as a tree, or a symbolic link. `shape`: SHA-256 of
 * the tree's entries, which is the same wherever it lies; what links lead to counts in H1 and in the tree's id.
 */
export type Content = null | { tree: string; h1: string; shape: string } | { link: string }

/** One artifact's folder or file. */
export type PlaceChange = {
  /** Absolute, with no link on the way to it. */
  path: string
  want: Content
  /** What the plan saw there, by `markOf`: H1 of a folder or file, `link:` and the target, or null for nothing. */
  expected: string | null
}

/** One small text that goes with the places: deployment records, a manifest, a lock. */
export type TextChange = {
  /** Absolute, with no link on the way to it. */
  path: string
  /** Null: there shall be none. */
  text: string | null
  /** What the plan read; null when there was none. */
  expected: string | null
}

/** What changes in one project, wholly or not at all. */
export type ProjectChange = {
  /** Real path of a folder on the same file system; what is new is made ready in a hidden folder inside of it. */
  folder: string
  places: readonly PlaceChange[]
  texts: readonly TextChange[]
  /** Folders that go when nothing is left in them, innermost first. */
  prune?: readonly string[]
  /** Only changed once all others are, and not at all unless they could be. */
  last?: true
}

/** Something a user asked for. */
export type OperationRequest = {
  /** What was asked for, e.g. `deploy`. */
  kind: OperationKind
  /** One line for the list of operations. */
  title: string
  /** With one among them that comes `last`, nothing changes anywhere when any is not as its plan saw it. */
  projects: readonly ProjectChange[]
  /** The operation that this one takes back. */
  undoes?: string
}

export const operationKinds = [
  'deploy',
  'undeploy',
  'undo',
  'pull',
  'push',
  'update',
  'rollback',
  'add',
  'remove',
  'consolidate',
  'refresh',
  'edit',
] as const
export type OperationKind = (typeof operationKinds)[number]

/**
 * What became of a project. `conflict`: something was no longer as the plan saw it, and the project is as it was;
 * `failed`: as well, for a reason of the file system; `pending`: it could be brought neither forward nor back yet, which is
 * tried again.
 */
export type Outcome = 'done' | 'conflict' | 'failed' | 'pending'
/** `reason`: one sentence without the path, e.g. `it was changed meanwhile`, or the code of the system. */
export type Problem = { path: string; reason: string }

export type KeptPlace = { path: string; before: Content; want: Content }
export type KeptText = { path: string; before: string | null; text: string | null }
export type KeptProject = {
  folder: string
  /** Null while nobody knows. */
  outcome: Outcome | null
  problem: Problem | null
  places: KeptPlace[]
  texts: KeptText[]
  /** Folders that were missing, outermost first. */
  folders: string[]
  prune: string[]
  /** Changed once all others were: an undo begins with it. */
  last?: true
  /** Something of ours may still lie in the project, which is removed with the next operation. */
  isLeft?: boolean
}

/** An operation as its file says; what was there before is in the object store. */
export type Operation = {
  version: 1
  id: string
  kind: OperationKind
  title: string
  /** Unix ms. */
  at: number
  undoes: string | null
  projects: KeptProject[]
}

/** The part of an operation that one staging folder answers for. */
export type Intent = Pick<KeptProject, 'places' | 'texts' | 'folders' | 'prune'> & { version: 1; id: string }
