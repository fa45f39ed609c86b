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
/** How often to see whether a day is over: a machine that slept is at most this much late. */
const LOOK_MS = 3_600_000
/** The first look waits until the daemon has read the disk and whoever started it has had his answer. */
const FIRST_LOOK_MS = 300_000

/** Calls `work` after `ms`, unless the returned function was called before. */
export type Timer = (work: () => void, ms: number) => () => void

const systemTimer: Timer = (work, ms) => {
  const timeout = setTimeout(work, ms).unref()
  return () => clearTimeout(timeout)
}

export type BackupContext = Pick<
  DaemonContext,
  'db' | 'engine' | 'health' | 'identity' | 'log' | 'now' | 'paths' | 'settings' | 'storage'
> & {
  /** Serves from the file `prepared` instead of the present cache. */
  replaceCache(prepared: string): Promise<void>
}

/**
 * Makes, lists and restores backups, one at a time, and makes one each day. When the last one was made the backups
 * themselves say, so that it is known also after the cache was lost.
 */
export class Backups {
  readonly #ctx: BackupContext
  readonly #timer: Timer
  #cancel: () => void = () => undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(ctx: BackupContext, timer: Timer = systemTimer) {
    this.#ctx = ctx
    this.#timer = timer
  }

  get folder(): string {
    return this.#ctx.paths.backupsDir
  }

  /** Begins with the daily backups. */
  start(): void {
    this.#lookIn(FIRST_LOOK_MS)
  }

  /** Ends them. What is under way ends with the threads it uses. */
  close(): void {
    this.#cancel()
    this.#cancel = () => undefined
  }

  /** Errors: `backup.failed`. */
  create(reason: BackupReason): Promise<Backup> {
    return this.#inTurn(() => this.#create(reason))
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

  #lookIn(ms: number): void {
    this.#cancel = this.#timer(() => {
      this.#lookIn(LOOK_MS)
      void this.#daily()
    }, ms)
  }

  async #daily(): Promise<void> {
    const { health, log, now, storage } = this.#ctx
    // Where the data folder cannot be written there is no place for backups either.
    if (storage.kind === 'memory') return
    try {
      await this.#inTurn(async () => {
        const { items } = await this.list()
        const latest = items.find(({ reason }) => reason === 'daily')?.createdAt ?? Number.NEGATIVE_INFINITY
        if (now() - latest < DAY_MS) return
        await this.#create('daily')
        health.clear('backup.failed')
      })
    } catch (error) {
      const { message: text } = error as Error
      log.warn('the daily backup failed', { error: text })
      health.warn('backup.failed', { reason: text })
    }
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
