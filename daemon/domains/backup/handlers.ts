import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'

export const backupHandlers: Handlers<DaemonContext, 'backup.create' | 'backup.list' | 'backup.restore'> = {
  'backup.create': (ctx) => ctx.backups.create('manual'),
  'backup.list': (ctx) => ctx.backups.list(),
  'backup.restore': (ctx, { name }) => ctx.backups.restore(name),
}
