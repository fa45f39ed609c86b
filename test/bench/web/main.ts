/** `npm run bench:web`: the page in a real Chromium. Apart from the other groups, which need no browser. */
import { runBench } from '../run.ts'
import { measureWeb } from './group.ts'

await runBench({ web: measureWeb })
