/** Changes all projects of the world at `process.argv[2]`; says when it begins, and is killed at any moment. */
import { changePlaces } from '../../daemon/domains/collections/work/operations/index.ts'
import { makeOperationWorld } from './operation-world.ts'

const [root = '', count = '1'] = process.argv.slice(2)
const world = makeOperationWorld(Number(count), root)
const request = await world.request()
process.stdout.write('begin\n')
await changePlaces(world.tools(), request)
process.stdout.write('end\n')
