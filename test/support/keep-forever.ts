/**
 * Keeps one artifact after the other in a store until it is killed, and says the id of each when it is kept.
 * Arguments: the folder of the store, a folder to make artifacts in, a word that tells this process from others.
 */
import { mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ObjectStore } from '../../daemon/domains/collections/work/objects/index.ts'

const [folder = '', scratch = '', word = ''] = process.argv.slice(2)
const store = new ObjectStore(folder)
for (let round = 0; ; round++) {
  const artifact = join(scratch, `${word}-${round}`)
  mkdirSync(join(artifact, 'sub'), { recursive: true })
  // Some contents are new, some the same for all rounds and processes.
  writeFileSync(join(artifact, 'SKILL.md'), `${word} ${round}\n`.repeat(1 + (round % 7) * 300))
  writeFileSync(join(artifact, 'same.md'), 'the same\n'.repeat(2_000))
  writeFileSync(join(artifact, 'sub/part.md'), `part ${round % 3}`)
  const tree = await store.keep(artifact)
  writeSync(1, `${tree.id}\n`)
}
