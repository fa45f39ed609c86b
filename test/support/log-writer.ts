/** A process that writes numbered lines into a rotating file, without end, and says on stdout what it has written. */
import { writeSync } from 'node:fs'
import { RotatingFile } from '../../daemon/kernel/log/rotate.ts'

const [path = '', maxBytes, files] = process.argv.slice(2)
const file = new RotatingFile(path, { maxBytes: Number(maxBytes), files: Number(files) })
for (let i = 0; ; i++) {
  file.write(`${i}\n`)
  writeSync(1, `${i}\n`)
}
