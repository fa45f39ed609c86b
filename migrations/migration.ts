/** One numbered step of the schema; never edited once released. */
export type Migration = {
  /** 1, 2, 3 … without gaps; `PRAGMA user_version` after it ran. */
  version: number
  name: string
  /** SQL that builds the step, and SQL that gives back the schema before it. */
  up: string
  down: string
}
