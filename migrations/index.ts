import { cacheMigration } from './001-cache.ts'
import { answersMigration } from './002-answers.ts'
import type { Migration } from './migration.ts'

/** All steps in order. Listed by hand, so that a forgotten file is a compile error and not a surprise at run time. */
export const migrations: readonly Migration[] = [cacheMigration, answersMigration]
