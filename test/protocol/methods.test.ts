import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Method } from '../../protocol/method.ts'
import { methods } from '../../protocol/methods.ts'
import { openRpcDocument } from '../../protocol/openrpc.ts'
import { PROTOCOL_MIN, PROTOCOL_VERSION } from '../../protocol/version.ts'

const table = Object.entries(methods) as Array<[string, Method]>

describe('methods', () => {
  it.each(table)('%s is described in full', (name, method) => {
    expect(name).toMatch(/^[a-z]+\.[a-z]+$/)
    expect(method.summary).toMatch(/^[A-Z].*\.$/)
    expect(method.since).toBeGreaterThanOrEqual(PROTOCOL_MIN)
    expect(method.since).toBeLessThanOrEqual(PROTOCOL_VERSION)
    expect(new Set(method.errors).size).toBe(method.errors.length)
  })

  it.each(table)('%s takes an object and ignores fields it does not know', (_, method) => {
    const schema = method.params as z.ZodObject
    expect(schema.def.type).toBe('object')
    const unknown = schema.safeParse({ from: 'the future' }).error?.issues ?? []
    expect(unknown.filter((issue) => issue.code === 'unrecognized_keys')).toEqual([])
  })
})

describe('openRpcDocument', () => {
  const document = openRpcDocument()

  it('lists every method with its parameters and its failures', () => {
    expect(document.methods.map((method) => method.name)).toEqual(Object.keys(methods))
    const add = document.methods.find((method) => method.name === 'projects.add')
    expect(add).toMatchObject({
      paramStructure: 'by-name',
      params: [{ name: 'path', required: true, schema: { type: 'string', minLength: 1 } }],
      'x-kind': 'command',
    })
    expect(add?.errors[0]).toMatchObject({ code: 1102, data: { slug: 'project.not_a_folder' } })
    const list = document.methods.find((method) => method.name === 'artifacts.list')
    expect(list?.params.find((param) => param.name === 'limit')).toMatchObject({
      required: false,
      schema: { default: 100, minimum: 1, maximum: 10_000 },
    })
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })
})
