import { z } from 'zod'
import { type ErrorSlug, errors } from './errors.ts'
import { type TopicSpec, topics } from './events.ts'
import type { Method } from './method.ts'
import { methods } from './methods.ts'
import { type NotificationSpec, notifications } from './notifications.ts'
import { PROTOCOL_VERSION } from './version.ts'

/**
 * The protocol as an OpenRPC 1.3 document, made from the method table.
 * Source: https://spec.open-rpc.org. `x-kind`, `x-scope`, `x-since`, `x-notifications` and `x-topics` are ours.
 */
export function openRpcDocument() {
  const entries = Object.entries(methods) as Array<[string, Method]>
  const unasked = Object.entries(notifications) as Array<[string, NotificationSpec]>
  return {
    openrpc: '1.3.2',
    info: {
      title: 'smd',
      version: `${PROTOCOL_VERSION}`,
      description:
        'JSON-RPC 2.0, one message per line, over a Unix socket or named pipe. First message: daemon.hello.',
      license: { name: 'MIT' },
    },
    methods: entries.map(([name, method]) => ({
      name,
      summary: method.summary,
      paramStructure: 'by-name' as const,
      params: parameters(method),
      result: { name: 'result', schema: jsonSchema(method.result, 'output') },
      errors: method.errors.map(errorObject),
      'x-kind': method.kind,
      'x-scope': method.scope,
      'x-since': method.since,
    })),
    'x-topics': Object.entries<TopicSpec>(topics).map(([name, { summary, since, durable }]) => ({
      name,
      summary,
      'x-since': since,
      'x-durable': durable,
    })),
    'x-notifications': unasked.map(([name, { summary, since, params }]) => ({
      name,
      summary,
      params: jsonSchema(params, 'output'),
      'x-since': since,
    })),
  }
}

type JsonSchema = { properties?: Record<string, JsonSchema>; required?: string[]; [key: string]: unknown }

/** Schema of what a caller sends (`input`) or receives (`output`). */
export function jsonSchema(type: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io }) as JsonSchema
  return schema
}

function parameters(method: Method) {
  const { properties = {}, required = [] } = jsonSchema(method.params, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    schema,
  }))
}

function errorObject(slug: ErrorSlug) {
  const { number, text, hint } = errors[slug]
  return { code: number, message: text, data: { slug, hint } }
}
