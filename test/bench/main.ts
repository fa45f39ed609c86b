/**
 * Measures every number the product promises, but for the page, on the built product, and writes docs/benchmarks.md.
 * `npm run bench -- --help` shows the options.
 */
import { measureCli } from './groups/cli.ts'
import { measureDeploy } from './groups/deploy.ts'
import { measureFresh } from './groups/fresh.ts'
import { measureHttp } from './groups/http.ts'
import { measureMemory } from './groups/memory.ts'
import { measurePeer } from './groups/peer.ts'
import { measureScan } from './groups/scan.ts'
import { measureSearch } from './groups/search.ts'
import { measureSocket } from './groups/socket.ts'
import { measureStart } from './groups/start.ts'
import { measureTables } from './groups/tables.ts'
import { measureWatch } from './groups/watch.ts'
import { runBench } from './run.ts'

await runBench({
  cli: measureCli,
  start: measureStart,
  socket: measureSocket,
  http: measureHttp,
  search: measureSearch,
  tables: measureTables,
  scan: measureScan,
  watch: measureWatch,
  fresh: measureFresh,
  deploy: measureDeploy,
  memory: measureMemory,
  peer: measurePeer,
})
