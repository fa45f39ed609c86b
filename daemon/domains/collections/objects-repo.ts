import type { Database } from '../../kernel/db/database.ts'

/** H1 of everything that was deployed anywhere: the bases of merges. Plan: one pass over the deployments. */
export const selectDeployedHashes = (db: Database): string[] =>
  db.allSql<{ hash: Buffer }>('SELECT DISTINCT hash FROM deployments').map(({ hash }) => hash.toString('hex'))
