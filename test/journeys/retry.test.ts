/** Answers that are lost on their way: the command was carried out, and asking again does not repeat it (D10). */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { type DaemonProcess, startProcess } from '../support/daemon-process.ts'
import { RawClient, request } from '../support/raw-client.ts'

let box: Sandbox
const processes: DaemonProcess[] = []
beforeEach(() => {
  box = createSandbox({ sample: false })
})
afterEach(async () => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  await box.dispose()
})

const start = async (): Promise<DaemonProcess> => {
  const started = await startProcess(box)
  processes.push(started)
  return started
}
const kill = async ({ child, ended }: DaemonProcess): Promise<void> => {
  child.kill('SIGKILL')
  await ended
}
/** Each write makes another file in its place. */
const writesOf = (file: string): string => {
  const { ino, mtimeNs } = statSync(file, { bigint: true })
  return `${ino} ${mtimeNs}`
}
const project = (name: string): string => {
  const path = join(box.root, 'elsewhere', name)
  mkdirSync(join(path, '.claude/commands'), { recursive: true })
  writeFileSync(join(path, '.claude/commands/c.md'), 'Do it.')
  return path
}
async function send(method: string, params: object): Promise<unknown> {
  const client = new RawClient(box.paths.socket)
  client.greet()
  client.send(request(1, method, params))
  const reply = (await client.until(2))[1]
  client.socket.destroy()
  return reply?.result ?? reply?.error
}

/**
 * Takes the place of the daemon's socket and passes everything on, but answers of the first connections that ask for
 * `method`: when they arrive, and the command is carried out, the connection is cut.
 */
async function loseAnswers(method: string, times: number): Promise<{ lost(): number; server: Server }> {
  const { socket: path } = box.paths
  renameSync(path, `${path}.real`)
  let lost = 0
  const server = createServer((client) => {
    const daemon = createConnection(`${path}.real`)
    let ids: number[] = []
    client.on('data', (chunk) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        const message = JSON.parse(line)
        if (message.method === method) ids.push(message.id)
      }
      daemon.write(chunk)
    })
    let text = ''
    daemon.on('data', (chunk) => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        if (ids.includes(JSON.parse(line).id) && lost < times) {
          lost++
          ids = []
          client.destroy()
        } else client.write(`${line}\n`)
      }
    })
    for (const end of [client, daemon]) end.on('error', () => end.destroy())
    client.on('close', () => daemon.destroy())
    daemon.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return { lost: () => lost, server }
}

describe('a command whose answer is lost', () => {
  it('is not repeated when it is sent again, also to the daemon that follows one that was killed', async () => {
    const first = await start()
    const params = { path: project('shop'), _meta: { idempotencyKey: 'key-1' } }
    const answer = await send('projects.add', params)
    expect(answer).toMatchObject({ added: true })
    const written = writesOf(box.paths.configFile)
    expect(await send('projects.add', params)).toEqual(answer)
    await kill(first)
    await start()
    expect(await send('projects.add', params)).toEqual(answer)
    expect(writesOf(box.paths.configFile)).toBe(written)
    expect(await send('projects.add', { ...params, path: project('other') })).toMatchObject({
      data: { slug: 'protocol.key_reused' },
    })
    expect(readFileSync(box.paths.configFile, 'utf8')).not.toContain('other')
  })

  it('is sent again by the command line, which prints the answer of the one time it was carried out', async () => {
    await start()
    const path = project('shop')
    const { lost, server } = await loseAnswers('projects.add', 1)
    const { stdout, code } = await box.smd(['projects', 'add', path])
    expect(stdout).toBe(`Added: ${path} (1 artifact: 1 command)\n`)
    expect(code).toBe(0)
    expect(lost()).toBe(1)
    const written = writesOf(box.paths.configFile)
    // A second execution would say so.
    expect((await box.smd(['projects', 'add', path])).stdout).toMatch(/^Already known/)
    expect(writesOf(box.paths.configFile)).toBe(written)
    await new Promise((resolve) => server.close(resolve))
  })

  it('is sent again once and not for ever', async () => {
    await start()
    const { lost, server } = await loseAnswers('config.set', 10)
    const { stderr, code } = await box.smd('config set cache.ttl_minutes 7')
    expect(stderr).toMatch(/^The daemon is not running: it ended the connection/m)
    expect(code).toBe(1)
    expect(lost()).toBe(2)
    expect(existsSync(box.paths.configFile)).toBe(true)
    await new Promise((resolve) => server.close(resolve))
  })
})
