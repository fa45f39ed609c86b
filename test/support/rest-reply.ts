/** Replies of routes, looked at as their descriptions have them. */
import { expect } from 'vitest'
import type { RestRoute } from '../../protocol/rest/route.ts'
import { restRoutes } from '../../protocol/rest.ts'
import type { RestAnswer, RestLab } from './rest-lab.ts'

export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
export const projectId = expect.stringMatching(/^prj_[0-9a-f]{16}$/)
export const artifactId = expect.stringMatching(/^art_[0-9a-f]{16}$/)

const routeOf = (id: string): RestRoute => {
  const found = restRoutes.find((route) => route.id === id)
  if (!found) throw new Error(`no route ${id}`)
  return found
}

/**
 * The reply of a route to one who may just ask for it: with its status, and what its schema says, every field there and no
 * other field; null where there is no body.
 */
export async function reply(
  lab: RestLab,
  id: string,
  path: string,
  body?: object,
): Promise<RestAnswer['body']> {
  const { method, scope, status, reply: schema } = routeOf(id)
  const answer = await lab.send(
    method,
    path,
    method === 'POST' ? (body ?? {}) : body,
    scope === 'none' ? null : scope,
  )
  expect(answer.status, JSON.stringify(answer.body)).toBe(status)
  if (status === 204) {
    expect([answer.body, answer.headers['content-type']], id).toEqual([null, undefined])
    return null
  }
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  const parsed = schema?.safeParse(answer.body)
  expect(parsed?.error?.message, id).toBeUndefined()
  expect(parsed?.data, id).toEqual(answer.body)
  return answer.body
}
