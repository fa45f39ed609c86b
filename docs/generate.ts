/** `npm run docs`: writes docs/reference from the tables of the protocol, the command line and the settings. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { referenceFiles } from './generate/files.ts'

const folder = join(import.meta.dirname, 'reference')
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(referenceFiles())) {
  writeFileSync(join(folder, name), text)
  process.stdout.write(`docs/reference/${name}\n`)
}
