import { cacheMigration } from './001-cache.ts'
import { answersMigration } from './002-answers.ts'
import { eventsMigration } from './003-events.ts'
import { jobsMigration } from './004-jobs.ts'
import { upstreamMigration } from './005-upstream.ts'
import { countsMigration } from './006-counts.ts'
import { deploymentsMigration } from './007-deployments.ts'
import { labelsMigration } from './008-labels.ts'
import { contentsMigration } from './009-contents.ts'
import type { Migration } from './migration.ts'

/** All steps in order. Listed by hand, so that a forgotten file is a compile error and not a surprise at run time. */
export const migrations: readonly Migration[] = [
  cacheMigration,
  answersMigration,
  eventsMigration,
  jobsMigration,
  upstreamMigration,
  countsMigration,
  deploymentsMigration,
  labelsMigration,
  contentsMigration,
]
