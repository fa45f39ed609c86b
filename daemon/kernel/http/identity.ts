/** Who asks over HTTP. Each kind of proof has a source of its own; without a visitor only routes of scope `none` answer. */
import type { AccessScope } from '../../../protocol/vocabulary.ts'

/** What a request brings along to show who it is. */
export type Proof = {
  /** The value of the cookie of this name; null when there is none, or more than one. */
  cookie(name: string): string | null
  /** Of `Authorization: Bearer …`. */
  bearer: string | null
}

/** Somebody who is let in. */
export type Visitor = {
  /** A session belongs to a browser, which other sites can make send requests; a token is sent on purpose alone. */
  kind: 'session' | 'token'
  /** For the log, without anything secret: `session 3f2a91`, `token nightly`. */
  name: string
  scope: AccessScope
  /** Unix ms; null without an end. */
  expiresAt: number | null
  /** Aborted when session or token is ended: connections that were made with it are closed. */
  ended: AbortSignal
  /** `Set-Cookie` that shall go with the answer, when the browser's cookie would end before the session does. */
  setCookie: string | null
}

/**
 * Looks for one kind of proof; null when it is not there or not valid. Called for each request, and again now and then
 * for as long as a connection lasts, so it should be quick, and may note that the visitor was seen.
 */
export type IdentitySource = (proof: Proof) => Visitor | null

/** The first visitor that a source finds. A request with a bearer token is judged by that alone. */
export function identify(sources: readonly IdentitySource[], proof: Proof): Visitor | null {
  for (const source of sources) {
    const visitor = source(proof)
    if (visitor && (visitor.kind === 'token') === (proof.bearer !== null)) return visitor
  }
  return null
}
