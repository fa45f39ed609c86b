import { setTimeout as wait } from 'node:timers/promises'
import { SmdError } from '../../protocol/errors.ts'
import { type EventMessage, type EventPosition, followEvents } from '../../protocol/follow-events.ts'
import { eventTopicGroups, eventTopics } from '../../protocol/vocabulary.ts'
import { defineCommand } from '../command.ts'
import type { Connection } from '../connect.ts'
import { eventLine } from '../format/event-line.ts'
import type { Io } from '../io.ts'
import { connectToRunning } from '../session.ts'

export const watchCommand = defineCommand({
  name: 'watch',
  summary: 'Print what happens, as it happens: changes of artifacts and projects, refreshes, warnings',
  examples: [
    ['smd watch --topic artifacts --topic projects', 'Only what changes, until Ctrl+C'],
    ['smd watch --json | jq -c "select(.kind == \\"event\\")"', 'One JSON object a line, for a script'],
    ['smd watch --since 5c1f20:1042', 'Go on after an event that --json has printed'],
  ],
  args: {
    topic: {
      type: 'string',
      alias: 't',
      many: true,
      choices: [...eventTopicGroups, ...eventTopics],
      describe: 'Only this, or several when given several times',
    },
    since: { type: 'string', describe: 'Go on after this event: INSTANCE:SEQ' },
  },
  async run({ paths, env, cwd, spawn, io }, { topic: topics, since }) {
    const known = since === undefined ? undefined : positionOf(since)
    const { reachDaemon } = await import('../lifecycle/reach.ts')
    const show = createPrinter(io)
    // Started once; when it ends later, somebody wanted that.
    let first: Connection | null = await reachDaemon({ paths, env, cwd, spawn })
    await followEvents({
      open: async () => {
        const connection = first ?? (await connectToRunning(paths, cwd))
        first = null
        return connection
      },
      topics,
      since: known,
      onMessage: show.message,
      onLost: show.lost,
      wait,
    })
  },
})

/** Errors: `cli.usage`. */
function positionOf(text: string): EventPosition {
  const [, instance, seq] = /^([\w-]{1,64}):(\d{1,15})$/.exec(text) ?? []
  if (instance !== undefined && seq !== undefined) return { instance, seq: Number(seq) }
  throw new SmdError('cli.usage', {
    reason: `--since cannot be "${text}": it is an instance and the number of an event.`,
    usage: 'smd watch --since INSTANCE:SEQ',
  })
}

/** Lines for people, or one JSON object for each message. What is lost is said once, however often it is tried again. */
function createPrinter(io: Io) {
  let isLost = false
  return {
    message(message: EventMessage, position: EventPosition | null): void {
      if (isLost && message.method === 'events.event') io.note('It is back; nothing is missing.')
      isLost = false
      if (io.json) io.value(jsonOf(message, position))
      else io.line(eventLine(message, { paint: io.paint, now: Date.now() }))
    },
    lost(error: SmdError): void {
      if (isLost) return
      isLost = true
      const { slug, message, hint } = error
      if (io.json) io.value({ kind: 'lost', error: { slug, message, hint } })
      else io.note(`${message} Waiting until it is back; Ctrl+C ends.`)
    },
  }
}

/** An event says of which daemon it is, so that each line is a place to go on from. */
function jsonOf({ method, params }: EventMessage, position: EventPosition | null): object {
  const kind = method.slice('events.'.length)
  return kind === 'event' ? { kind, instance: position?.instance ?? null, ...params } : { kind, ...params }
}
