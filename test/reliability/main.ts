/** `npm run reliability:kill -- --rounds 500 [--seed TEXT]`: the kill rounds at full size; exits with 1 when one lost something. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killRounds } from './kill-rounds.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '500' }, seed: { type: 'string', default: 'kill' } },
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on')
const start = performance.now()
const report = await killRounds(rounds, {
  seed: values.seed,
  entry: join(import.meta.dirname, '../../dist/daemon.cjs'),
  onRound: (round, { acknowledged, lost }) => {
    if (round % 25 > 0) return
    process.stderr.write(`${round} of ${rounds} rounds: ${acknowledged} acknowledged, ${lost.length} lost\n`)
  },
})
const seconds = Math.round((performance.now() - start) / 1_000)
process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`)
process.exitCode = report.lost.length > 0 ? 1 : 0
