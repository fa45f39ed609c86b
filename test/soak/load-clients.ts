/** Clients in a process of their own: read as fast as they are answered, for a while, and say how often and how fast. */
import { connect } from '../../client-cli/connect.ts'
import { quantile } from '../bench/statistics.ts'
import { createRandom } from '../demo/random.ts'

export type LoadJob = { socket: string; clients: number; ms: number }
export type LoadAnswer = { answers: number; perSecond: number; p50: number; p99: number; max: number }

const { socket, clients, ms } = JSON.parse(process.argv[2] ?? '') as LoadJob
const times: number[] = []
const start = performance.now()

await Promise.all(
  Array.from({ length: clients }, async (_, i) => {
    const { call, close } = connect(socket, undefined)
    const random = createRandom(`load ${i}`)
    const questions = [
      () => call('artifacts.list', { limit: 50 }),
      () => call('artifacts.search', { query: random.pick(['review', 'test', 'sql']) }),
      () => call('artifacts.complete', { prefix: 'co' }),
      () => call('projects.list', {}),
      () => call('daemon.status', {}),
    ]
    while (performance.now() - start < ms) {
      const asked = performance.now()
      await random.pick(questions)()
      times.push(performance.now() - asked)
    }
    close()
  }),
)

const seconds = (performance.now() - start) / 1_000
const answer: LoadAnswer = {
  answers: times.length,
  perSecond: times.length / seconds,
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  max: quantile(times, 1),
}
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
