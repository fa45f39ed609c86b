/**
 * `npm run docs`: writes docs/reference from the tables of the protocol, the command line and the settings, and names
 * the manual pages in package.json, since npm links only those it is told of.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { referenceFiles } from './generate/files.ts'
import { packedManPages } from './generate/man.ts'

const folder = join(import.meta.dirname, 'reference')
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(referenceFiles())) {
  writeFileSync(join(folder, name), text)
  process.stdout.write(`docs/reference/${name}\n`)
}

const manifest = join(import.meta.dirname, '../package.json')
const entries = { ...JSON.parse(readFileSync(manifest, 'utf8')), man: packedManPages() }
writeFileSync(manifest, `${JSON.stringify(entries, null, 2)}\n`)
process.stdout.write('package.json\n')
