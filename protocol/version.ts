import manifest from '../package.json' with { type: 'json' }

/** Version of smd; informative only, see PROTOCOL_VERSION. */
export const VERSION: string = manifest.version

/**
 * The protocol's version is separate from the product's: minor steps only add, a major step removes.
 * A client says which range it speaks, the daemon chooses (daemon spec, "Handshake").
 */
export const PROTOCOL_VERSION = 1
export const PROTOCOL_MIN = 1

/** A message (one line) may have at most this many bytes. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024
/** Before the handshake a connection may send at most this much. */
export const MAX_HELLO_BYTES = 64 * 1024
/** A batch may have at most this many requests. */
export const MAX_BATCH = 100
/** A connection that has not said hello after this time is closed. */
export const HELLO_DEADLINE_MS = 2_000
/** Requests of one connection that are worked on at the same time, or whose answers the client has not taken. */
export const MAX_IN_FLIGHT = 64
/** Bytes of further requests that may wait; a connection is not read beyond. */
export const MAX_WAITING_BYTES = 1024 * 1024
/** Bytes that may wait for a client that does not take them; nothing more is answered, and what comes unasked ends it. */
export const MAX_QUEUE_BYTES = 8 * 1024 * 1024
/** What the daemon can do beyond its methods; a client looks here before it relies on it. */
export const CAPABILITIES = [
  'cancel',
  'deadline',
  'requestId',
  'idempotencyKey',
  'stop.if-idle',
  'events',
] as const
/** Connections at the same time; further ones are closed at once. */
export const MAX_CONNECTIONS = 256
/** Length of an idempotency key at most. */
export const MAX_KEY_CHARACTERS = 200
/** How long the answer to a command with an idempotency key is kept. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000
