import { constants, copyFile, readFile, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { SmdError } from '../../../protocol/errors.ts'
import type { ResultOf } from '../../../protocol/methods.ts'
import type { DaemonContext } from '../../context.ts'
import { checkSyntax, replaceConfig } from '../../kernel/config/file.ts'
import { schemaVersion } from '../../kernel/db/migrate.ts'
import { writeDurably } from '../../kernel/fs/durable.ts'
import { findBackup, isIntact, listBackups, makeBackup, pruneBackups } from './backup-files.ts'
import { type Backup, type BackupReason, CACHE, CONFIG } from './manifest.ts'

const DAY_MS = 86_400_000
/** The scheduled start varies a little; what is due an hour later is due. */
const SLACK_MS = 3_600_000

export type BackupContext = Pick<
  DaemonContext,
  'db' | 'engine' | 'health' | 'identity' | 'log' | 'now' | 'paths' | 'settings' | 'storage'
> & {
  /** Serves from the file `prepared` instead of the present cache. */
  replaceCache(prepared: string): Promise<void>
}

/** Makes, lists and restores backups, one at a time. */
export class Backups {
  readonly #ctx: BackupContext
  #last: Promise<unknown> = Promise.resolve()

  constructor(ctx: BackupContext) {
    this.#ctx = ctx
  }

  get folder(): string {
    return this.#ctx.paths.backupsDir
  }

  /** Errors: `backup.failed`. */
  create(reason: BackupReason): Promise<Backup> {
    return this.#inTurn(() => this.#create(reason))
  }

  /**
   * When the next daily backup is due, Unix ms. The backups themselves say it, so that it is known also after the cache
   * was lost. Errors: `backup.failed`.
   */
  async nextDailyAt(): Promise<number> {
    const { items } = await this.list()
    const latest = items.find(({ reason }) => reason === 'daily')?.createdAt
    return latest === undefined ? 0 : latest + DAY_MS
  }

  /**
   * Makes the backup of the day, if it is due or `always`; null when there is nothing to do. A failure is a warning until
   * one succeeds. Errors: `backup.failed`.
   */
  async daily({ always = false } = {}): Promise<Backup | null> {
    const { health, now, storage } = this.#ctx
    // Where the data folder cannot be written there is no place for backups either.
    if (storage.kind === 'memory') return null
    try {
      return await this.#inTurn(async () => {
        const isDue = always || now() >= (await this.nextDailyAt()) - SLACK_MS
        const made = isDue ? await this.#create('daily') : null
        health.clear('backup.failed')
        return made
      })
    } catch (error) {
      const { message } = error as Error
      if (!(error instanceof SmdError && error.slug === 'daemon.stopping'))
        health.warn('backup.failed', { reason: message })
      throw error
    }
  }

  /** Errors: `backup.failed` when the folder cannot be read. */
  async list(): Promise<ResultOf<'backup.list'>> {
    const { items, damaged } = await listBackups(this.folder).catch(failed)
    return { folder: this.folder, items, total: items.length, damaged }
  }

  /** Errors: `backup.not_found`, `backup.damaged`, `backup.newer`, `backup.failed`; nothing has changed then. */
  restore(name: string): Promise<ResultOf<'backup.restore'>> {
    return this.#inTurn(() => this.#restore(name))
  }

  async #create(reason: BackupReason): Promise<Backup> {
    const { db, engine, identity, log, now, paths } = this.#ctx
    const createdAt = now()
    const about = { createdAt, reason, smdVersion: identity.version, cacheSchema: schemaVersion(db) }
    const backup = await makeBackup(this.folder, nameOf(createdAt), about, async (into) => {
      await engine.backup(join(into, CACHE))
      const config = await readFile(paths.configFile).catch(unlessAbsent)
      if (config === null) return [CACHE]
      await writeDurably(join(into, CONFIG), config)
      return [CACHE, CONFIG]
    }).catch(failed)
    log.info('backup made', { name: backup.name, reason, sizeBytes: backup.sizeBytes })
    // A backup too many is no failure of the one that was made.
    await pruneBackups(this.folder).catch((error) =>
      log.warn('old backups could not be removed', { error: String(error) }),
    )
    return backup
  }

  async #restore(name: string): Promise<ResultOf<'backup.restore'>> {
    const { db, engine, log, paths, settings, storage } = this.#ctx
    const restored = await findBackup(this.folder, name)
    if (!isAbsolute(storage.path)) throw new SmdError('cache.read_only', { reason: 'it is in no file' })
    const prepared = `${storage.path}.restoring`
    try {
      const configBytes = await this.#prepare(restored, prepared)
      const found = await engine.write('inspectCopy', { file: prepared })
      const known = schemaVersion(db)
      if (found > known) throw new SmdError('backup.newer', { name, found, known })
      const before = await this.#create('before-restore')
      await replaceConfig(paths.configFile, configBytes).catch(failed)
      // A value that was wrong then is wrong now; the others count.
      await settings.reload().catch((error) => log.warn('restored settings', { error: String(error) }))
      await this.#ctx.replaceCache(prepared).catch(failed)
      log.info('backup restored', { name, before: before.name })
      return { restored, before }
    } catch (error) {
      await rm(prepared, { force: true })
      if (error instanceof SmdError && error.details.problem === 'copy')
        throw new SmdError('backup.damaged', { name, reason: String(error.details.reason) }, { cause: error })
      throw error
    }
  }

  /** Copies the cache of a backup to `prepared` and reads its settings; both are what the manifest says. */
  async #prepare(backup: Backup, prepared: string): Promise<Buffer | null> {
    const damaged = (reason: string): SmdError =>
      new SmdError('backup.damaged', { name: backup.name, reason })
    let config: Buffer | null = null
    for (const file of backup.files) {
      const saved = join(this.folder, backup.name, file.name)
      const path = file.name === CACHE ? prepared : saved
      if (path !== saved) await copyFile(saved, path, constants.COPYFILE_FICLONE).catch(failed)
      if (!(await isIntact(path, file).catch(failed))) throw damaged(`${file.name} is not what was saved`)
      if (file.name !== CONFIG) continue
      config = await readFile(path).catch(failed)
      await checkSyntax(config, file.name).catch((error) => {
        throw damaged((error as Error).message.replace(/\.$/, ''))
      })
    }
    return config
  }

  /** Waits for what was asked before, however that ended. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

/** `20261125T213843Z` */
const nameOf = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')

function unlessAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/** What the system, or SQLite, has against it. */
function failed(cause: unknown): never {
  if (cause instanceof SmdError && cause.slug.startsWith('backup.')) throw cause
  if (cause instanceof SmdError && cause.slug === 'daemon.stopping') throw cause
  throw new SmdError('backup.failed', { reason: (cause as Error).message }, { cause })
}
