import type { methods } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { read } from '../cache/index.ts'
import {
  clearUsage,
  countUses,
  unusedArtifacts,
  usageEvents,
  usageSummary,
  usageTop,
  usageTrends,
} from './analytics-service.ts'

export const analyticsHandlers: Handlers<
  DaemonContext,
  Extract<keyof typeof methods, `analytics.${string}`>
> = {
  'analytics.summary': usageSummary,
  'analytics.top': usageTop,
  'analytics.trends': usageTrends,
  'analytics.events': usageEvents,
  'analytics.unused': read('analytics.unused', unusedArtifacts),
  'analytics.count': countUses,
  'analytics.clear': clearUsage,
}
