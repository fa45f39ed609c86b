export type FileStatus = 'added' | 'removed' | 'changed'

/** One file or folder of an artifact, as `artifacts.files` and `artifacts.diff` name them. */
export type TreeEntry = {
  /** Relative to the root, with `/`. */
  path: string
  kind: 'file' | 'folder' | 'link'
  sizeBytes?: number
  status?: FileStatus
}

export type TreeRow = TreeEntry & {
  /** The last part of its path. */
  name: string
  /** 1 for what lies in the root. */
  level: number
  /** Its place among its siblings, from 1, and how many they are. */
  position: number
  siblings: number
  /** Null for what holds nothing. */
  isOpen: boolean | null
}

type Node = { entry: TreeEntry; name: string; children: Map<string, Node> }

/**
 * The rows of a tree that are in view: folders first, then files, each by name; nothing of folders in `closed`. Folders
 * that only paths tell of are added.
 */
export function treeRows(entries: readonly TreeEntry[], closed: ReadonlySet<string>): TreeRow[] {
  const root = new Map<string, Node>()
  for (const entry of entries) {
    let siblings = root
    let path = ''
    const names = entry.path.split('/')
    for (const [at, name] of names.entries()) {
      path = path === '' ? name : `${path}/${name}`
      const isLast = at === names.length - 1
      let node = siblings.get(name)
      if (!node) {
        node = { entry: { path, kind: 'folder' }, name, children: new Map() }
        siblings.set(name, node)
      }
      if (isLast) node.entry = entry
      siblings = node.children
    }
  }
  return rowsOf(root, 1, closed)
}

const isFolder = ({ entry, children }: Node): boolean => entry.kind === 'folder' || children.size > 0

function rowsOf(nodes: Map<string, Node>, level: number, closed: ReadonlySet<string>): TreeRow[] {
  const sorted = [...nodes.values()].sort(
    (a, b) => Number(isFolder(b)) - Number(isFolder(a)) || byName.compare(a.name, b.name),
  )
  return sorted.flatMap((node, at) => {
    const isOpen = isFolder(node) ? !closed.has(node.entry.path) : null
    const row = { ...node.entry, name: node.name, level, position: at + 1, siblings: sorted.length, isOpen }
    return isOpen ? [row, ...rowsOf(node.children, level + 1, closed)] : [row]
  })
}

const byName = new Intl.Collator('en', { numeric: true })
