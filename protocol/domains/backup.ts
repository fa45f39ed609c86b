/** Backups: what cannot be read again from the disk, and the cache beside it. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { EpochMs } from '../primitives.ts'

export const Backup = lazily(() =>
  z.object({
    /** Name of its folder; sorts by time. */
    name: z.string(),
    createdAt: EpochMs,
    /** `daily`: by the daemon; `manual`: asked for; `before-restore`: what a restore replaced. */
    reason: z.enum(['daily', 'manual', 'before-restore']),
    /** Version of the smd that made it. */
    smdVersion: z.string(),
    /** Schema of the cache in it. */
    cacheSchema: z.int(),
    sizeBytes: z.int().nonnegative(),
    files: z.array(z.object({ name: z.string(), sizeBytes: z.int().nonnegative(), sha256: z.string() })),
  }),
)

export const backupMethods = {
  'backup.create': defineMethod({
    summary: 'Copy settings and cache into a new backup, while everything goes on.',
    kind: 'command',
    since: 1,
    params: () => z.object({}),
    result: () => Backup(),
    errors: ['backup.failed'],
  }),
  'backup.list': defineMethod({
    summary: 'All backups, newest first.',
    kind: 'query',
    since: 1,
    params: () => z.object({}),
    result: () =>
      z.object({
        folder: z.string(),
        items: z.array(Backup()),
        total: z.int(),
        /** Folders that look like backups and cannot be used, with the reason. */
        damaged: z.array(z.object({ name: z.string(), reason: z.string() })),
      }),
    errors: ['backup.failed'],
  }),
  'backup.restore': defineMethod({
    summary: 'Put settings and cache of a backup in place; what they replace becomes a backup first.',
    kind: 'command',
    scope: 'admin',
    since: 1,
    params: () => z.object({ name: z.string().min(1).max(100) }),
    result: () =>
      z.object({
        restored: Backup(),
        /** What was in place until now. */
        before: Backup(),
      }),
    errors: ['backup.not_found', 'backup.damaged', 'backup.newer', 'backup.failed'],
  }),
}
