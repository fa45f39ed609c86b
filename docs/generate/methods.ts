import type { z } from 'zod'
import type { ErrorSlug } from '../../protocol/errors.ts'
import { type TopicSpec, topics } from '../../protocol/events.ts'
import type { Method } from '../../protocol/method.ts'
import { methods } from '../../protocol/methods.ts'
import { type NotificationSpec, notifications } from '../../protocol/notifications.ts'
import { jsonSchema } from '../../protocol/openrpc.ts'
import { artifactScopes, artifactTypes, eventTopics, projectStatuses } from '../../protocol/vocabulary.ts'
import { type DocComments, docComments } from './doc-comments.ts'
import { anchor, code, page, table } from './markdown.ts'
import { type SchemaNode, typeText } from './type-text.ts'

/** Failures that any call can have, beside a method's own. */
const common: readonly ErrorSlug[] = [
  'rpc.parse',
  'rpc.invalid_request',
  'rpc.unknown_method',
  'rpc.invalid_params',
  'internal',
  'protocol.handshake_required',
  'protocol.frame_too_large',
  'protocol.batch_too_large',
  'request.cancelled',
  'request.deadline',
]

/** Failures that any command can have, beside those of any call. */
const ofCommands: readonly ErrorSlug[] = ['protocol.key_reused']

export function methodsPage(): string {
  const comments = docComments()
  const entries = Object.entries<Method>(methods)
  return page({
    title: 'Methods',
    description: 'Every method of the daemon: parameters, result, failures.',
    source: 'protocol/domains',
    body: [
      'JSON-RPC 2.0, one message per line; [Talking to the daemon](../protocol.md) shows a session. The same as an OpenRPC',
      'document: [openrpc.json](openrpc.json), or `rpc.discover`. A `query` changes nothing; a `command` may. Members may',
      'be added in later versions, so ignore what you do not know. Times (`…At`) are Unix milliseconds, `…Ms` are',
      'durations in milliseconds, `…Bytes` are sizes.',
      '',
      `Any method may fail with ${common.map(errorLink).join(', ')}. A command with \`_meta.idempotencyKey\``,
      `([Repeating a command](../protocol.md#repeating-a-command)) may also fail with ${ofCommands.map(errorLink).join(', ')}.`,
      '',
      ...table(
        ['Method', 'Kind', 'Since', 'What it does'],
        entries.map(([name, { kind, since, summary }]) => [
          `[${code(name)}](#${anchor(name)})`,
          kind,
          `${since}`,
          summary,
        ]),
      ),
      '## Words',
      '',
      ...table(
        ['Name', 'Values'],
        Object.entries(words).map(([name, values]) => [code(name), values.map(code).join(', ')]),
      ),
      '## Notifications',
      '',
      'Sent by the daemon unasked, as JSON-RPC notifications. Ignore those you do not know.',
      '',
      ...table(
        ['Name', 'Since', 'When', 'Parameters'],
        Object.entries<NotificationSpec>(notifications).map(([name, { since, summary, params }]) => [
          code(name),
          `${since}`,
          summary,
          inOneLine(params),
        ]),
      ),
      '## Topics',
      '',
      'What `events.event` tells, and `events.history` for those that are kept: an `Event` is one of',
      "`{ topic: 'refresh.started', data: { … } }`, ….",
      '',
      ...table(
        ['Topic', 'Since', 'When', 'Kept', 'Data'],
        Object.entries<TopicSpec>(topics).map(([name, { since, summary, durable, data }]) => [
          code(name),
          `${since}`,
          summary,
          durable ? 'yes' : '-',
          inOneLine(data),
        ]),
      ),
      ...entries.flatMap(([name, method]) => section(name, method, comments)),
    ],
  })
}

const inOneLine = (type: z.ZodType): string =>
  code(typeText(jsonSchema(type, 'output') as SchemaNode, { words, comments: new Map(), indent: null }))

const words = {
  ArtifactType: artifactTypes,
  ArtifactScope: artifactScopes,
  ProjectStatus: projectStatuses,
  Topic: eventTopics,
}

function section(name: string, method: Method, comments: DocComments): string[] {
  const { properties = {}, required = [] } = jsonSchema(method.params, 'input') as SchemaNode
  const meanings = comments.of(name, 'params')
  const result = jsonSchema(method.result, 'output') as SchemaNode
  return [
    `## ${name}`,
    '',
    method.summary,
    '',
    ...(Object.keys(properties).length === 0
      ? ['No parameters.', '']
      : table(
          ['Parameter', 'Type', 'Default', 'Meaning'],
          Object.entries(properties).map(([key, schema]) => [
            code(key),
            code(typeText(schema, { words, comments: new Map(), indent: null })),
            required.includes(key) ? 'required' : defaultOf(schema),
            [meanings.get(key), rangeOf(schema)].filter(Boolean).join(' '),
          ]),
        )),
    'Result:',
    '',
    '```ts',
    typeText(result, { words, comments: comments.of(name, 'result'), indent: '' }),
    '```',
    '',
    method.errors.length > 0
      ? `Fails with ${method.errors.map(errorLink).join(', ')}.`
      : 'No failures of its own.',
    '',
  ]
}

const errorLink = (slug: ErrorSlug): string => `[${code(slug)}](errors.md#table)`

export const defaultOf = (schema: SchemaNode): string =>
  schema.default === undefined ? '-' : code(JSON.stringify(schema.default))

export function rangeOf({ minimum, maximum, minLength, maxLength }: SchemaNode): string {
  const bound = (value: number | undefined): string | null =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : `${value}`
  const range = (from: string | null, to: string | null, of: string): string => {
    if (from === null && to === null) return ''
    if (to === null) return `At least ${from}${of}.`
    return from === null ? `At most ${to}${of}.` : `${from} to ${to}${of}.`
  }
  return range(bound(minimum), bound(maximum), '') || range(bound(minLength), bound(maxLength), ' characters')
}
