import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { read } from '../cache/index.ts'
import { checkSources, listOutdated, listSources } from './upstream-service.ts'

export const upstreamHandlers: Handlers<
  DaemonContext,
  'artifacts.outdated' | 'upstream.check' | 'upstream.sources'
> = {
  'artifacts.outdated': read('artifacts.outdated', listOutdated),
  'upstream.check': checkSources,
  'upstream.sources': read('upstream.sources', listSources),
}
