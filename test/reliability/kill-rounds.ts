/**
 * Kills the daemon at random moments while a client gives it commands, and compares what was acknowledged with what is
 * there afterwards (promise D1). Real processes, a real socket, SIGKILL.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parse } from 'smol-toml'
import { createRandom, type Random } from '../demo/random.ts'
import { createSandbox, type Sandbox } from '../support/daemon.ts'
import { type DaemonProcess, launchProcess, startProcess } from '../support/daemon-process.ts'
import { RawClient, type Reply } from '../support/raw-client.ts'

export type KillReport = {
  rounds: number
  /** Commands that were answered before a kill. */
  acknowledged: number
  /** Commands under way when the daemon was killed; they may have been carried out or not. */
  cutShort: number
  /** Rounds in which the daemon was killed before it served. */
  killedAtStart: number
  /** Answers asked for again by key and given as before. */
  repeated: number
  /** What was acknowledged and is not there, one sentence each. */
  lost: string[]
}

type Command = { key: string; method: string; params: Record<string, unknown> }
type Acknowledged = Command & { result: unknown }

const PROJECTS = 6
/** Longer than a start and its first scan take, so that every part of them is hit. */
const LONGEST_LIFE_MS = 600
/** About as long as a process takes until it serves. */
const LONGEST_START_MS = 500

/** What the user decided, as far as the daemon acknowledged it. */
type Decisions = { ttl: number | null; projects: Map<string, boolean> }

type KillOptions = {
  seed?: string
  /** The daemon's file, when it is not the source. */
  entry?: string
  onRound?: (round: number, report: KillReport) => void
}

/** Runs so many rounds; `onRound` hears of each. The same seed gives the same commands, not the same moments. */
export async function killRounds(
  rounds: number,
  { seed = 'kill', entry, onRound = () => undefined }: KillOptions = {},
): Promise<KillReport> {
  const box = createSandbox({ sample: false })
  const random = createRandom(seed)
  const report: KillReport = { rounds, acknowledged: 0, cutShort: 0, killedAtStart: 0, repeated: 0, lost: [] }
  const harness = new Harness(box, random, report, entry)
  try {
    for (let round = 1; round <= rounds; round++) {
      await harness.round(round)
      onRound(round, report)
    }
    return report
  } finally {
    await box.dispose()
  }
}

class Harness {
  readonly #box: Sandbox
  readonly #random: Random
  readonly #report: KillReport
  readonly #decisions: Decisions = { ttl: null, projects: new Map() }
  readonly #log: string
  readonly #entry: string | undefined
  /** The newest ones, to be asked for again. */
  #recent: Acknowledged[] = []
  #open: Command | null = null
  #ttl = 0

  constructor(box: Sandbox, random: Random, report: KillReport, entry: string | undefined) {
    this.#entry = entry
    this.#box = box
    this.#random = random
    this.#report = report
    this.#log = join(box.root, 'acknowledged.ndjson')
    for (let i = 0; i < PROJECTS; i++) {
      const folder = join(box.root, 'elsewhere', `p${i}`, '.claude/commands')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'c.md'), `Do ${i}.`)
    }
  }

  async round(round: number): Promise<void> {
    // One in eight dies on its way up.
    if (this.#random.chance(1 / 8)) await this.#killAtStart()
    const daemon = await startProcess(this.#box, {}, { entry: this.#entry })
    try {
      if (!daemon.report?.ready) throw new Error(`no daemon: ${JSON.stringify(daemon.report)}`)
      await this.#verify(round)
      await this.#commandUntilKilled(round, daemon)
    } finally {
      daemon.child.kill('SIGKILL')
      await daemon.ended
    }
    this.#compareFile(round)
  }

  async #killAtStart(): Promise<void> {
    this.#report.killedAtStart++
    const { child, ended } = launchProcess(this.#box, {}, { entry: this.#entry })
    await wait(this.#random.int(0, LONGEST_START_MS))
    child.kill('SIGKILL')
    await ended
  }

  /** What the last kill left, through the daemon: settings, projects, and answers by key. */
  async #verify(round: number): Promise<void> {
    const client = await this.#connect()
    const lost = (text: string): void => void this.#report.lost.push(`round ${round}: ${text}`)
    const { health } = (await client.ask('daemon.status')) as { health: { warnings: unknown[] } }
    if (health.warnings.length > 0) lost(`warnings ${JSON.stringify(health.warnings)}`)
    const before = this.#writesOfConfig()
    for (const { result, ...command } of this.#recent) {
      const again = await client.ask(command.method, command)
      if (JSON.stringify(again) === JSON.stringify(result)) this.#report.repeated++
      else lost(`${command.key} ${command.method} answered ${JSON.stringify(again)}`)
    }
    if (this.#writesOfConfig() !== before) lost('repeated commands wrote config.toml')
    // Whoever lost the answer asks again, and it is so.
    if (this.#open) this.#acknowledge(this.#open, await client.ask(this.#open.method, this.#open))
    this.#open = null
    const { value } = (await client.ask('config.get', { params: { key: 'cache.ttl_minutes' } })) as {
      value: number
    }
    if (this.#decisions.ttl !== null && value !== this.#decisions.ttl)
      lost(`cache.ttl_minutes is ${value} instead of ${this.#decisions.ttl}`)
    const { items } = (await client.ask('projects.list')) as { items: Array<{ path: string }> }
    const listed = new Set(items.map(({ path }) => path))
    for (const [path, present] of this.#decisions.projects)
      if (listed.has(path) !== present) lost(`${path} is ${present ? 'not ' : ''}in the list`)
    client.close()
  }

  async #commandUntilKilled(round: number, { child, ended }: DaemonProcess): Promise<void> {
    const client = await this.#connect()
    const dead = wait(this.#random.int(0, LONGEST_LIFE_MS)).then(() => child.kill('SIGKILL'))
    for (let number = 1; ; number++) {
      this.#open = this.#command(`${round}-${number}`)
      let result: unknown
      try {
        result = await client.ask(this.#open.method, this.#open)
      } catch (error) {
        if (!(error instanceof Ended)) throw error
        break
      }
      this.#acknowledge(this.#open, result)
    }
    this.#report.cutShort++
    await dead
    await ended
  }

  #command(key: string): Command {
    const path = join(this.#box.root, 'elsewhere', `p${this.#random.int(0, PROJECTS - 1)}`)
    const kind = this.#random.int(0, 3)
    if (kind === 0) {
      const value = String(++this.#ttl)
      return { key, method: 'config.set', params: { key: 'cache.ttl_minutes', value } }
    }
    if (kind === 1) return { key, method: 'cache.invalidate', params: {} }
    const known = this.#decisions.projects.get(path) === true
    return known
      ? { key, method: 'projects.remove', params: { project: path } }
      : { key, method: 'projects.add', params: { path } }
  }

  #acknowledge(command: Command, result: unknown): void {
    this.#report.acknowledged++
    appendFileSync(this.#log, `${JSON.stringify({ ...command, result })}\n`)
    this.#recent = [...this.#recent.slice(-4), { ...command, result }]
    const { method, params } = command
    if (method === 'config.set') this.#decisions.ttl = Number(params.value)
    if (method === 'projects.add') this.#decisions.projects.set(String(params.path), true)
    if (method === 'projects.remove') this.#decisions.projects.set(String(params.project), false)
  }

  /** The file itself, before any daemon touches it again. What was under way may be in it or not. */
  #compareFile(round: number): void {
    const lost = (text: string): void => void this.#report.lost.push(`round ${round}, file: ${text}`)
    const { configFile } = this.#box.paths
    const config = existsSync(configFile) ? parse(readFileSync(configFile, 'utf8')) : {}
    const { cache = {}, projects = {} } = config as {
      cache?: { ttl_minutes?: number }
      projects?: { include?: string[] }
    }
    const open = this.#open
    const ttls = [this.#decisions.ttl, open?.method === 'config.set' ? Number(open.params.value) : null]
    if (this.#decisions.ttl !== null && !ttls.includes(cache.ttl_minutes ?? null))
      lost(`cache.ttl_minutes is ${cache.ttl_minutes}, acknowledged was ${this.#decisions.ttl}`)
    const undecided = String(open?.params.path ?? open?.params.project ?? '')
    for (const [path, present] of this.#decisions.projects) {
      if (path === undecided) continue
      if ((projects.include ?? []).includes(path) !== present)
        lost(`${path} is ${present ? 'not ' : ''}among projects.include`)
    }
  }

  #writesOfConfig(): string {
    const { configFile } = this.#box.paths
    if (!existsSync(configFile)) return 'none'
    const { ino, mtimeNs } = statSync(configFile, { bigint: true })
    return `${ino} ${mtimeNs}`
  }

  async #connect(): Promise<Asking> {
    const client = new RawClient(this.#box.paths.socket)
    client.greet()
    const asking = new Asking(client)
    await asking.reply(0)
    return asking
  }
}

/** The connection ended without the answer. */
class Ended extends Error {}

/** Asks one question after the other. */
class Asking {
  readonly #client: RawClient
  #asked = 0

  constructor(client: RawClient) {
    this.#client = client
  }

  /** Errors: `Ended`; any other for an answer that is a failure. */
  async ask(method: string, { key, params = {} }: Partial<Command> = {}): Promise<unknown> {
    this.#asked++
    const meta = key === undefined ? {} : { _meta: { idempotencyKey: key } }
    this.#client.send({ jsonrpc: '2.0', id: this.#asked, method, params: { ...params, ...meta } })
    const { result, error } = await this.reply(this.#asked)
    if (error) throw new Error(`${method} ${JSON.stringify(params)}: ${JSON.stringify(error)}`)
    return result
  }

  async reply(number: number): Promise<Reply> {
    const replies = await this.#client.until(number + 1).catch(() => {
      throw new Ended('the daemon is gone')
    })
    return replies[number] as Reply
  }

  close(): void {
    this.#client.socket.destroy()
  }
}
