/** A client in a process of its own, so that it can be put on a processor: runs one job, prints its samples. */
import { type Job, type JobName, jobs } from './jobs.ts'

const job = JSON.parse(process.argv[2] as string) as Job
const answer = await jobs[job.name as JobName](job)
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
