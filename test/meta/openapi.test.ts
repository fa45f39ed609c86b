import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { errors } from '../../protocol/errors.ts'
import { methods } from '../../protocol/methods.ts'
import { openApiDocument, pathOf } from '../../protocol/openapi.ts'
import { restRoutes } from '../../protocol/rest.ts'
import { accessScopes } from '../../protocol/vocabulary.ts'

type Operation = {
  operationId: string
  parameters: Array<{ name: string; in: string; required: boolean }>
  requestBody?: { required: boolean; content: Record<string, { schema: { required?: string[] } }> }
  responses: Record<string, { description: string; content: Record<string, { schema: object }> }>
  security?: unknown[]
}

describe('the OpenAPI document (CACHE-2.4g)', () => {
  const document = openApiDocument()
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
  )

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors: wrong } = await new Validator().validate(structuredClone(document))
    expect(wrong).toBeUndefined()
    expect(valid).toBe(true)
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
  })

  it('has every route of the table, the streams, and no others', () => {
    const routes = restRoutes.map((route) => `${route.method.toLowerCase()} ${pathOf(route)}`)
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual(
      [...routes, 'get /api/v1/events', 'get /api/v1/analytics/stream'].sort(),
    )
  })

  it('gives every operation a name of its own, and every part of a path its parameter', () => {
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
      for (const { required } of inPath) expect(required).toBe(true)
    }
  })

  it('says of a body whether it must be there, and that it may be too long', () => {
    for (const { path, method, operation } of operations) {
      const { requestBody: body, responses } = operation
      const mayBeTooLong = responses['413']?.description.includes('`http.too_large`') ?? false
      expect(mayBeTooLong, `${method} ${path}`).toBe(body !== undefined)
      const needed = body?.content['application/json']?.schema.required ?? []
      if (body) expect(body.required, `${method} ${path}`).toBe(needed.length > 0)
    }
    const bodies = operations.flatMap(({ operation: { requestBody } }) => requestBody ?? [])
    expect(new Set(bodies.map(({ required }) => required))).toEqual(new Set([true, false]))
  })

  it('says what each may fail with, in the one shape of errors', () => {
    for (const { path, operation } of operations) {
      const good = Object.keys(operation.responses).filter((status) => status.startsWith('2'))
      expect(good, path).toHaveLength(1)
      const failures = Object.fromEntries(
        Object.entries(operation.responses).filter(([status]) => !good.includes(status)),
      )
      expect(Object.keys(failures), path).toEqual(expect.arrayContaining(['403', '421', '422', '500']))
      for (const { content } of Object.values(failures))
        expect(content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Error' })
    }
  })
})

describe('the table of routes', () => {
  it('asks for no less than the methods that a route calls', () => {
    for (const { id, scope, rpc, orRpc, method } of restRoutes) {
      if (scope !== 'none') expect(accessScopes, id).toContain(scope)
      // A question with a body is posted.
      if (method !== 'POST') expect(methods[rpc].kind, id).toBe(method === 'GET' ? 'query' : 'command')
      if (scope !== 'none') expect(scope, id).toBe(methods[rpc].scope)
      if (orRpc) expect(methods[orRpc].scope, id).toBe(scope)
    }
  })

  it('says with its status what a method does', () => {
    for (const { id, method, status, reply } of restRoutes) {
      if (method === 'DELETE') expect([200, 204], id).toContain(status)
      if (status === 201) expect(method, id).toBe('POST')
      if (status === 204) expect([method, reply], id).toEqual(['DELETE', null])
    }
  })

  it('lets everybody ask only whether the daemon is there', () => {
    const open = restRoutes.filter(({ scope }) => scope === 'none')
    for (const { path } of open) expect(path).toMatch(/^(\/api\/v1)?\/health(\/live|\/ready)?$/)
    for (const { reply } of open)
      expect(Object.keys((reply as unknown as { shape: object }).shape)).toEqual(['status'])
  })

  it('names only failures that exist', () => {
    for (const route of restRoutes) for (const slug of route.errors) expect(errors).toHaveProperty([slug])
  })
})
