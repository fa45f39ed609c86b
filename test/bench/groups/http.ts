/** Lists over HTTP, as a program asks for them: one connection that stays open, one request at a time, nothing parsed. */
import { spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { fillCache, newPlace, untilIdle, withDaemon } from '../daemon.ts'
import type { Goal, Group, Line } from '../lines.ts'
import { roundsOf } from '../options.ts'
import { cleanEnv, node, pinned, processors } from '../processes.ts'
import { interleave, median, p99 } from '../statistics.ts'

const plainHttp = join(import.meta.dirname, '../floors/plain-http.ts')

type Question = {
  id: string
  what: string
  method: 'GET' | 'POST'
  path: string
  body?: string
  most: number
}

const list = { jsonrpc: '2.0', id: 1, method: 'artifacts.list', params: { limit: 10_000 } }

const questions: readonly Question[] = [
  {
    id: 'artifacts',
    what: '`GET /api/v1/cache/artifacts?limit=100`',
    method: 'GET',
    path: '/api/v1/cache/artifacts?limit=100',
    most: 3,
  },
  {
    id: 'projects',
    what: '`GET /api/v1/projects?limit=100`',
    method: 'GET',
    path: '/api/v1/projects?limit=100',
    most: 3,
  },
  {
    id: 'search',
    what: '`GET /api/v1/cache/search?query=…`',
    method: 'GET',
    path: '/api/v1/cache/search?query=test',
    most: 5,
  },
  {
    id: 'all',
    what: '`POST /rpc`, `artifacts.list` of all 10,000',
    method: 'POST',
    path: '/rpc',
    body: JSON.stringify(list),
    most: 20,
  },
]

export async function measureHttp(bench: Bench): Promise<Group> {
  const place = newPlace(bench, bench.tree(100).home, { SMD_WEB_ENABLED: 'true', SMD_WEB_PORT: '0' })
  await fillCache(bench, place)
  const floor = await startFloor(bench)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const lines = await withDaemon(
      bench,
      place,
      async ({ call }) => {
        await untilIdle(call)
        const { url } = await call('web.link', {})
        const { port } = new URL(url)
        const { token } = await call('tokens.create', { name: 'bench' })
        const ask = (question: Question): Promise<Asked> => send(agent, Number(port), question, token)
        const measured: Line[] = []
        for (const question of questions)
          measured.push(...(await linesOf(bench, question, ask, floor.port, agent)))
        return measured
      },
      { cpu: processors?.first ?? null },
    )
    return {
      name: 'http',
      title: 'Lists over HTTP',
      about:
        'One connection, one request at a time with a token, 10,000 artifacts. The floor sends as many bytes.',
      lines,
    }
  } finally {
    agent.destroy()
    floor.end()
  }
}

type Asked = { ms: number; bytes: number }

async function linesOf(
  { options }: Bench,
  question: Question,
  ask: (question: Question) => Promise<Asked>,
  floorPort: number,
  agent: Agent,
): Promise<Line[]> {
  const { bytes } = await ask(question)
  const rounds = roundsOf(options, 25, 5)
  const calls = question.id === 'all' ? 4 : 40
  const many = async (once: () => Promise<Asked>): Promise<number[]> => {
    const times: number[] = []
    for (let i = 0; i < calls; i++) times.push((await once()).ms)
    return times
  }
  const plain = { method: 'GET', path: `/${bytes}` } as const
  const times = await interleave(
    { rounds, warmUp: 2 },
    { smd: () => many(() => ask(question)), floor: () => many(() => send(agent, floorPort, plain, '')) },
  )
  const line = (key: string, what: string, of: (samples: readonly number[]) => number, goal: Goal): Line => ({
    id: `http.${question.id}${key}`,
    what,
    unit: 'ms',
    figure: of(times.smd),
    floor: { what: `${bytes} bytes from a plain server`, figure: of(times.floor) },
    goal,
    samples: `${times.smd.length} calls`,
  })
  return [
    line('', question.what, median, { kind: 'none' }),
    line('-p99', 'same, p99', p99, { kind: 'most', max: question.most }),
  ]
}

function send(
  agent: Agent,
  port: number,
  { method, path, body }: Pick<Question, 'method' | 'path' | 'body'>,
  token: string,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const asking = request({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ ms: performance.now() - start, bytes })
        else reject(new Error(`${path} was answered with ${response.statusCode}`))
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

async function startFloor({ temp }: Bench): Promise<{ port: number; end(): void }> {
  const [command = '', ...args] = pinned(processors?.first ?? null, [node, plainHttp])
  const child = spawn(command, args, { env: cleanEnv(temp, temp), stdio: ['pipe', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(Number(String(text))))
    child.once('exit', (status) => reject(new Error(`the plain server ended with ${status}`)))
  })
  return { port, end: () => child.stdin.end() }
}
