/**
 * Commands that carry a key are carried out once (promise D10): whoever lost the answer asks again with the same key and
 * gets the answer that was given, also from a daemon that was started since.
 */
import { SmdError } from '../../../protocol/errors.ts'
import { type MethodName, methods } from '../../../protocol/methods.ts'
import { KEY_LIFETIME_MS } from '../../../protocol/version.ts'
import type { Logger } from '../log/logger.ts'
import { RawJson } from './raw-json.ts'

/** What was answered to a command. */
export type KeptAnswer = {
  /** SHA-256 over method and parameters. */
  requestHash: Uint8Array
  /** JSON text. */
  result: string
  /** Unix ms. */
  at: number
}

/** What an answer is kept under, before it is known. */
export type AnswerRecord = Omit<KeptAnswer, 'result'> & { key: string }

export type AnswerStore = {
  find(key: string): KeptAnswer | undefined
  /** On the disk when the promise resolves. */
  keep(key: string, answer: KeptAnswer): Promise<void>
}

/**
 * Runs `work`, or gives the answer of an earlier run with the same key. `params` are those after validation. A command
 * that cannot be carried out twice writes its answer under `record` itself, in one transaction with what it changes.
 */
export type Once = (
  method: MethodName,
  key: string | undefined,
  params: unknown,
  work: (record: AnswerRecord | null) => unknown,
) => unknown

type Work = Parameters<Once>[3]
type Surroundings = { store: AnswerStore; now(): number; log: Logger }

/**
 * Only what succeeded is kept: a command that failed changed nothing and may succeed later. A daemon that dies between
 * an effect and its record carries the command out again: most say what shall be, so that twice is as good as once, and
 * the others write their record with the effect. A record that cannot be written costs the repetition, not the answer.
 * Errors: `protocol.key_reused` for a key of another request.
 */
export function createOnce({ store, now, log }: Surroundings): Once {
  const secrets = storeInMemory(now)
  const running = new Map<string, { requestHash: Uint8Array; answer: Promise<unknown> }>()

  const kept = (key: string): KeptAnswer | undefined => {
    try {
      const answer = secrets.find(key) ?? store.find(key)
      return answer && answer.at > now() - KEY_LIFETIME_MS ? answer : undefined
    } catch (error) {
      log.warn('kept answers cannot be read', { error: String(error) })
      return undefined
    }
  }

  const runAndKeep = async (record: AnswerRecord, work: Work, to: AnswerStore): Promise<unknown> => {
    const { key, requestHash } = record
    const answer = await work(record)
    const result = answer instanceof RawJson ? answer.toText() : JSON.stringify(answer)
    try {
      await to.keep(key, { requestHash, result, at: now() })
    } catch (error) {
      log.warn('an answer could not be kept', { error: String(error) })
    }
    return new RawJson(result)
  }

  const once = async (
    key: string,
    requestHash: Uint8Array,
    work: Work,
    to: AnswerStore,
  ): Promise<unknown> => {
    const before = running.get(key) ?? kept(key)
    if (before) {
      if (Buffer.compare(before.requestHash, requestHash) !== 0)
        throw new SmdError('protocol.key_reused', { key })
      return 'answer' in before ? before.answer : new RawJson(before.result)
    }
    const answer = runAndKeep({ key, requestHash, at: now() }, work, to).finally(() => running.delete(key))
    running.set(key, { requestHash, answer })
    return answer
  }

  return (method, key, params, work) =>
    key === undefined || methods[method].kind === 'query'
      ? work(null)
      : once(key, hashOf(method, params), work, methods[method].secret ? secrets : store)
}

/** For answers that must stand in no file: a daemon that was started since does not know them. */
function storeInMemory(now: () => number): AnswerStore {
  const answers = new Map<string, KeptAnswer>()
  return {
    find: (key) => answers.get(key),
    async keep(key, answer) {
      for (const [other, { at }] of answers) if (at <= now() - KEY_LIFETIME_MS) answers.delete(other)
      answers.set(key, answer)
    },
  }
}

/** Members in whatever order are the same request. */
function hashOf(method: MethodName, params: unknown): Uint8Array {
  const text = JSON.stringify([method, params], (_, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest()
}
