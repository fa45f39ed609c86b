import type { methods } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { listJobs, listRuns, pauseJob, resumeJob, runJob } from './jobs-service.ts'

type JobMethod = Extract<keyof typeof methods, `jobs.${string}`>

export const jobHandlers: Handlers<DaemonContext, JobMethod> = {
  'jobs.list': listJobs,
  'jobs.run': runJob,
  'jobs.pause': pauseJob,
  'jobs.resume': resumeJob,
  'jobs.history': listRuns,
}
