/** Packages of npm: their versions. */
import { type UpstreamAnswer, UpstreamError, type UpstreamQuery, type UpstreamSource } from '../source.ts'
import type { ProviderContext } from './context.ts'
import { isRecord, ownValue, parseJson, textAt } from './json.ts'
import { settle } from './repository.ts'
import { newestVersion } from './versions.ts'

type NpmSource = Extract<UpstreamSource, { kind: 'npm' }>

const nameForm = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i

/** The short form of the document of a package: versions without what installing does not need. */
const accept = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*; q=0.1'

/**
 * The version that `npm install NAME` would take: the tag `latest`, else the highest one. Costs one request. There are
 * no ids: every item has the version, and those of an older version have that one when it was ever published.
 */
export async function askNpm(
  ctx: ProviderContext,
  { name, registry }: NpmSource,
  query: UpstreamQuery,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  if (!nameForm.test(name) || name.length > 214)
    throw new UpstreamError('unsupported', `${JSON.stringify(name)} is no name of a package.`)
  const base = (registry ?? ctx.npmRegistry).replace(/\/+$/, '')
  const url = `${base}/${name.replace('/', '%2F')}`
  const etag = query.bases.length > 0 ? null : query.validator
  const response = await ctx.http.get(url, { accept, etag, signal })
  if (response.status === 304) return { kind: 'unchanged' }
  const value = parseJson(response.body, name)
  const versions = ownValue(value, 'versions')
  if (!isRecord(versions)) throw new UpstreamError('bad_answer', `The registry has no versions of ${name}.`)
  const latest = textAt(ownValue(value, 'dist-tags'), 'latest')
  const version =
    latest !== null && Object.hasOwn(versions, latest) ? latest : newestVersion(Object.keys(versions))
  return settle(
    {
      kind: 'answer',
      version,
      revision: null,
      validator: response.etag,
      items: query.paths.map((path) => ({ path, digest: null, version })),
      bases: query.bases.map(({ revision, paths }) => {
        const published = Object.hasOwn(versions, revision) ? revision : null
        return { revision, items: paths.map((path) => ({ path, digest: null, version: published })) }
      }),
    },
    query,
  )
}
