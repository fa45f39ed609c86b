/** Ids of git objects computed without git (ecosystem spec 5.6): what GitHub reports for a folder. */
import { readlinkSync } from 'node:fs'
import { addBytes, addFile, addText, endHash, startHash } from './hash-buffer.ts'

/** A file or link of a folder; folders follow from the paths. */
export type GitFile = {
  /** `/`-separated, relative to the folder. */
  relPath: string
  /** Bytes where the path is not UTF-8. */
  absPath: string | Buffer
  /** Of the file itself; for a link it does not count. */
  sizeBytes: number
  mode: '100644' | '100755' | '120000'
  /** The content, where it is another one than the file's. */
  bytes?: Buffer
}

type Tree = { files: Map<string, GitFile>; folders: Map<string, Tree> }

const newTree = (): Tree => ({ files: new Map(), folders: new Map() })

/**
 * SHA-1 of the folder as a git tree, 40 hex. A file that changes its size meanwhile gives a hash that matches nothing.
 * Errors: those of `open`, `read` and `readlink`.
 */
export function gitTreeHash(files: readonly GitFile[]): string {
  const root = newTree()
  for (const file of files) {
    const parts = file.relPath.split('/')
    const name = parts.pop() as string
    let tree = root
    for (const part of parts) {
      const next = tree.folders.get(part) ?? newTree()
      tree.folders.set(part, next)
      tree = next
    }
    tree.files.set(name, file)
  }
  return hashTree(root).toString('hex')
}

/** SHA-1 of one file as a git blob, 40 hex. Errors: as `gitTreeHash`. */
export const gitBlobHash = (file: GitFile): string => hashBlob(file).toString('hex')

function hashTree(tree: Tree): Buffer {
  const entries: Array<{ key: Buffer; line: Buffer }> = []
  const add = (mode: string, name: string, id: Buffer, suffix: string): void => {
    entries.push({
      key: Buffer.from(name + suffix),
      line: Buffer.concat([Buffer.from(`${mode} ${name}\0`), id]),
    })
  }
  for (const [name, file] of tree.files) add(file.mode, name, hashBlob(file), '')
  for (const [name, folder] of tree.folders) add('40000', name, hashTree(folder), '/')
  entries.sort((a, b) => Buffer.compare(a.key, b.key))
  const body = Buffer.concat(entries.map((entry) => entry.line))
  const running = startHash('sha1')
  addText(running, `tree ${body.length}\0`)
  addBytes(running, body)
  return Buffer.from(endHash(running, 'binary'), 'binary')
}

function hashBlob(file: GitFile): Buffer {
  const running = startHash('sha1')
  if (file.mode === '120000') {
    const target = readlinkSync(file.absPath, 'buffer')
    addText(running, `blob ${target.length}\0`)
    addBytes(running, target)
  } else if (file.bytes) {
    addText(running, `blob ${file.bytes.length}\0`)
    addBytes(running, file.bytes)
  } else {
    addText(running, `blob ${file.sizeBytes}\0`)
    addFile(running, file.absPath, file.sizeBytes)
  }
  return Buffer.from(endHash(running, 'binary'), 'binary')
}
