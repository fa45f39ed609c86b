/** Secrets that lie in what smd reads, and in the environment it is started from, come out nowhere (S8). */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { machineFolders } from '../../daemon/kernel/config/machine-folders.ts'
import { methods } from '../../protocol/methods.ts'
import { type CanaryHome, canary, writeCanaryHome } from '../support/canary-home.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { RawClient, request } from '../support/raw-client.ts'

let box: Sandbox
let home: CanaryHome
beforeEach(() => {
  box = createSandbox({ sample: false })
  home = writeCanaryHome(machineFolders(box.env, process.platform, box.home))
})
afterEach(() => box.dispose())

/** Every place in `text` that holds a canary, with what is around it. */
const found = (text: string): string[] =>
  [...text.matchAll(new RegExp(canary, 'gi'))].map(({ index }) =>
    text.slice(Math.max(0, index - 60), index + 40),
  )

const env = {
  SMD_LOG_LEVEL: 'debug',
  ANTHROPIC_API_KEY: 'sk-ant-canary-environment',
  GITHUB_TOKEN: 'ghp_canaryEnvironment',
  https_proxy: 'http://me:canary-proxy@proxy.example.com:3128',
}

describe('secrets', () => {
  it('reach neither cache, log, answers, output nor the process list', async () => {
    const outputs: Record<string, string> = {}
    const smd = async (words: readonly string[], codes = [0]): Promise<Record<string, never>> => {
      const { code, stdout, stderr } = await box.smd(words, { env })
      outputs[words.join(' ')] = stdout + stderr
      expect(codes, `${words.join(' ')}: ${stderr}`).toContain(code)
      return words.includes('--json') ? JSON.parse(stdout) : {}
    }
    const { items } = (await smd(['list', '--limit', '1000', '--json'])) as unknown as {
      items: Array<{ id: string; name: string; type: string; path: string }>
    }
    // They were all read, so that silence means something.
    const of = (type: string) => items.filter((item) => item.type === type)
    expect(of('mcp').length).toBeGreaterThan(home.servers)
    expect(of('hook').length).toBeGreaterThanOrEqual(home.hooks)
    for (const name of ['keeper', 'tool', 'collected', 'bundled', 'own-0'])
      expect(items.map((item) => item.name)).toContain(name)

    for (const words of [
      ...[
        'list',
        'search keeper',
        'search mcp-server',
        'where keeper',
        'show keeper --type skill',
        'show collected',
      ],
      ...['projects list', 'cache status', 'status', 'config list', 'cache refresh --force', 'doctor'],
    ]) {
      for (const more of [[], ['--json']]) await smd([...words.split(' '), ...more], [0, 1])
    }
    for (const project of [home.whole, home.broken]) {
      for (const verb of ['projects show', 'projects scan', 'validate'])
        await smd([...verb.split(' '), project, '--json'], [0, 1])
    }
    for (const file of readdirSync(home.broken, { recursive: true, encoding: 'utf8' })) {
      const path = join(home.broken, file)
      if (statSync(path).isFile() && !file.startsWith('.git/')) await smd(['validate', path], [0, 1, 2, 3])
    }
    for (const [command, output] of Object.entries(outputs)) expect(found(output), command).toEqual([])

    const client = new RawClient(box.paths.socket)
    client.greet()
    for (const { id } of items) client.send(request(id, 'artifacts.show', { name: id }))
    // All that can be asked without parameters.
    const asked = Object.entries(methods).flatMap(([name, { kind }]) => (kind === 'query' ? [name] : []))
    for (const name of asked) client.send(request(name, name))
    const replies = await client.until(1 + items.length + asked.length)
    client.socket.destroy()
    const shown = replies.filter((reply) => items.some((item) => item.id === reply.id))
    expect(shown.every((reply) => reply.result !== undefined)).toBe(true)
    expect(JSON.stringify(shown)).toContain('API_KEY')
    for (const reply of replies) expect(found(JSON.stringify(reply)), `${reply.id}`).toEqual([])

    const pid = box.daemonPid()
    if (process.platform === 'linux')
      expect(found(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))).toEqual([])
    for (const file of filesBelow(join(box.root, 'smd')))
      expect(found(readFileSync(file, 'latin1')), file).toEqual([])
    await box.smd('stop')
    for (const file of filesBelow(join(box.root, 'smd')))
      expect(found(readFileSync(file, 'latin1')), file).toEqual([])
  })
})

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
