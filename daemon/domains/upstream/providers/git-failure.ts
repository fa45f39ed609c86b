import type { RunResult } from '../../../kernel/process/run-process.ts'
import { redactText } from '../../../kernel/secrets/redact.ts'
import { UpstreamError, type UpstreamFailure } from '../source.ts'
import type { GitAddress } from './git-url.ts'

/** What git says on failure, in the order in which it is looked for (LC_ALL=C). */
const messages: Array<[RegExp, UpstreamFailure]> = [
  [/cannot run ssh|ssh: (?:command )?not found/i, 'unsupported'],
  [/could not resolve (?:host|proxy)|name or service not known|temporary failure in name/i, 'offline'],
  [/network is unreachable|no route to host/i, 'offline'],
  [/timed? ?out|operation too slow/i, 'timeout'],
  [/returned error: 429|rate limit/i, 'rate_limited'],
  [/unknown repository object format|mismatched algorithms|object format/i, 'unsupported'],
  [/transport '.*' not allowed/i, 'unsupported'],
  [/authentication failed|could not read (?:username|password)|terminal prompts disabled/i, 'unauthorized'],
  [
    /permission denied|host key verification failed|returned error: 40[13]|dubious ownership/i,
    'unauthorized',
  ],
  [
    /not our ref|not found|does not appear to be a git|not a git repository|does not exist|no such file/i,
    'not_found',
  ],
]

/** Why a call of git failed. Its own words, which may hold the address with a password, are for the log alone and redacted there. */
export function explainFailure({ stderr }: RunResult, { name }: GitAddress): UpstreamError {
  const reason = messages.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'bad_answer'
  const sentences: Record<UpstreamFailure, string> = {
    offline: `${name} cannot be reached.`,
    timeout: `${name} did not answer in time.`,
    rate_limited: `${name} wants to be asked less often.`,
    unsupported: `${name} is of a kind that smd does not support.`,
    unauthorized: `${name} is not for us to see.`,
    not_found: `${name} is not there, or private.`,
    bad_answer: `${name} does not answer as a repository does.`,
  }
  const cause = new Error(redactText(stderr.trim().slice(0, 1_000)))
  return new UpstreamError(reason, sentences[reason], { cause })
}
