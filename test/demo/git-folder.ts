/** A small but valid `.git` folder: HEAD, config, one branch, one commit with its tree and blob. */
import { deflateSync } from 'node:zlib'
import { inPlace, type Place } from './context.ts'
import { gitObjectId, gitTreeContent } from './folder-hashes.ts'

/** Writes `.git` with a commit that holds this README. */
export function writeGitFolder(place: Place, readme: string): void {
  const put = (relPath: string, content: string | Buffer): void =>
    place.ctx.tree.write(inPlace(place, `.git/${relPath}`), content, place.seconds)
  const putObject = (type: 'blob' | 'tree' | 'commit', content: Buffer): string => {
    const id = gitObjectId(type, content)
    const stored = deflateSync(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]))
    put(`objects/${id.slice(0, 2)}/${id.slice(2)}`, stored)
    return id
  }
  const blob = putObject('blob', Buffer.from(readme))
  const tree = putObject('tree', gitTreeContent([{ name: 'README.md', id: blob }]))
  const by = `demo <demo@example.invalid> ${place.seconds} +0000`
  const message = `tree ${tree}\nauthor ${by}\ncommitter ${by}\n\nStart ${place.name}\n`
  const commit = putObject('commit', Buffer.from(message))
  put('HEAD', 'ref: refs/heads/main\n')
  put('refs/heads/main', `${commit}\n`)
  put(
    'config',
    `[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = https://git.example.invalid/${place.name}.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
  )
  put('description', 'Unnamed repository\n')
  put('info/exclude', '')
}
