/** Files that lead a browser to an address, which would stand in the list of processes otherwise (daemon spec S6). */
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newUniqueId } from '../../kernel/unique-id.ts'

const name = /^open-[0-9a-f]{12}\.html$/

/** Writes a page that goes on to `url` at once; nobody else may read it. Answers its path. */
export async function writeLinkFile(folder: string, url: string): Promise<string> {
  const file = join(folder, `open-${newUniqueId().slice(0, 12)}.html`)
  const address = url.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  const page = `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>smd</title>
<p><a href="${address}">Open smd</a></p>
`
  await writeFile(file, page, { flag: 'wx', mode: 0o600 })
  return file
}

/** Removes what a daemon left that was killed. */
export async function removeLinkFiles(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((entry) => name.test(entry))
  await Promise.all(left.map((entry) => rm(join(folder, entry), { force: true })))
}
