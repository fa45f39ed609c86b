/** Answers to commands with an idempotency key, in cache.db. */
import { KEY_LIFETIME_MS } from '../../../protocol/version.ts'
import type { Database } from '../../kernel/db/database.ts'
import type { AnswerStore, KeptAnswer } from '../../kernel/rpc/idempotency.ts'
import type { Engine } from './engine.ts'

/** Finds answers in `db`, which is for reading only, and has them kept by the writer. */
export function createAnswerStore({ db, engine }: { db: Database; engine: Engine }): AnswerStore {
  return {
    find: (key) =>
      db.getSql<KeptAnswer>('SELECT request_hash AS requestHash, result, at FROM answers WHERE key = ?', key),
    keep: (key, answer) => engine.write('keepAnswer', { key, ...answer }),
  }
}

/** Keeps an answer and forgets those a day older; survives a power cut from then on. */
export function writeAnswer(
  db: Database,
  { key, requestHash, result, at }: KeptAnswer & { key: string },
): void {
  db.durably(() => putAnswer(db, { key, requestHash, result, at }))
}

/** As `writeAnswer`, within a transaction of the caller. */
export function putAnswer(
  db: Database,
  { key, requestHash, result, at }: KeptAnswer & { key: string },
): void {
  db.runSql('DELETE FROM answers WHERE at <= ?', at - KEY_LIFETIME_MS)
  db.runSql(
    `INSERT INTO answers (key, request_hash, result, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET request_hash = excluded.request_hash, result = excluded.result, at = excluded.at`,
    key,
    Buffer.from(requestHash),
    result,
    at,
  )
}
