import type { ComponentChildren } from 'preact'
import type { MethodName, ParamsOf, ResultOf } from '../../../../protocol/methods.ts'
import { ErrorNotice } from '../../components/error-notice/error-notice.tsx'
import { call } from '../../connection.ts'
import { useQueries } from '../../lib/use-queries.ts'
import { queries } from '../../lib/use-query.ts'

export type Previews<Result> = {
  /** In the order of what was asked; undefined for what is on its way. */
  answers: ReadonlyArray<Result | undefined>
  /** All are here, and none is asked for again. */
  isWhole: boolean
  hasFailed: boolean
  /** Why one failed, and what asks again; null when none did. */
  failure: ComponentChildren
}

/** Asks one method what each of several changes would do. */
export function usePreviews<Name extends MethodName>(
  method: Name,
  requests: readonly ParamsOf<Name>[],
): Previews<ResultOf<Name>> {
  const wanted = requests.map((params) => ({
    key: `${method} ${JSON.stringify(params)}`,
    freshMs: 0,
    stored: false,
    load: (signal: AbortSignal): Promise<ResultOf<Name>> => call(method, params, signal),
  }))
  const entries = useQueries(wanted)
  const error = entries.find((entry) => entry.error)?.error
  const retry = (): void => {
    for (const { key } of wanted) queries.reload(key)
  }
  return {
    answers: entries.map(({ data }) => data),
    isWhole: entries.every(({ data, loading }) => data !== undefined && !loading),
    hasFailed: error !== undefined,
    failure: error ? <ErrorNotice error={error} onRetry={retry} /> : null,
  }
}
