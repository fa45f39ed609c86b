import { describe, expect, it } from 'vitest'
import type { Route } from '../../../../daemon/kernel/http/route.ts'
import { createRouter } from '../../../../daemon/kernel/http/router.ts'

const route = (method: Route['method'], path: string): Route => ({
  method,
  path,
  scope: 'read',
  handle: () => ({ status: 200 }),
})

describe('createRouter', () => {
  const router = createRouter([
    route('GET', '/api/projects'),
    route('POST', '/api/projects'),
    route('GET', '/api/projects/:id'),
    route('PUT', '/api/projects/:id'),
    route('GET', '/api/projects/last'),
    route('DELETE', '/api/projects/:id/files/:name'),
    route('GET', '/api/projects/:id/tree/:path*'),
    route('GET', '/api/projects/:id/tree/top'),
  ])

  it.each([
    ['GET', '/api/projects', '/api/projects', {}],
    ['POST', '/api/projects', '/api/projects', {}],
    ['HEAD', '/api/projects', '/api/projects', {}],
    ['GET', '/api/projects/last', '/api/projects/last', {}],
    ['GET', '/api/projects/prj_1', '/api/projects/:id', { id: 'prj_1' }],
    ['GET', '/api/projects/a%2Fb%20c', '/api/projects/:id', { id: 'a/b c' }],
    ['PUT', '/api/projects/a', '/api/projects/:id', { id: 'a' }],
    ['DELETE', '/api/projects/1/files/x', '/api/projects/:id/files/:name', { id: '1', name: 'x' }],
    ['GET', '/api/projects/1/tree/a', '/api/projects/:id/tree/:path*', { id: '1', path: 'a' }],
    ['GET', '/api/projects/1/tree/a/b%2Fc', '/api/projects/:id/tree/:path*', { id: '1', path: 'a/b/c' }],
    ['GET', '/api/projects/1/tree/top', '/api/projects/:id/tree/top', { id: '1' }],
  ])('finds for %s %s the route %s', (method, path, found, params) => {
    const match = router.find(method, path)
    expect(match.route.path).toBe(found)
    expect(match.params).toEqual(params)
  })

  it.each([
    '/',
    '/api',
    '/api/projects/',
    '/api//projects',
    '/API/projects',
    '/api/projects/%',
    '/api/projects/1/2',
    '/api/projects/1/tree',
    '/api/projects/1/tree/',
    '/api/projects/1/tree/%',
  ])('finds nothing at %s', (path) => {
    expect(() => router.find('GET', path)).toThrow(expect.objectContaining({ slug: 'http.not_found' }))
  })

  it.each([
    ['DELETE', '/api/projects', 'GET, HEAD, POST'],
    ['OPTIONS', '/api/projects/1', 'GET, HEAD, PUT'],
    // Not what may be done with a project of that name.
    ['PUT', '/api/projects/last', 'GET, HEAD'],
    ['GET', '/api/projects/1/files/x', 'DELETE'],
  ])('says what may be done instead of %s at %s', (method, path, allowed) => {
    expect(() => router.find(method, path)).toThrow(
      expect.objectContaining({ slug: 'http.method', details: expect.objectContaining({ allowed }) }),
    )
  })
})
