/** Whether the system lets programs watch enough files. */
import { join } from 'node:path'
import { formatCount } from '../format/values.ts'
import { type Finding, fault, type Machine, ok } from './finding.ts'
import { systemFile } from './system-file.ts'

/** smd takes at most half of what a user may have (promise P5); with less than this it could watch next to nothing. */
const LEAST_WATCHES = 8_192

export function checkInotify({ platform, root }: Machine): Finding[] {
  if (platform !== 'linux') return []
  const text = systemFile(join(root, 'proc/sys/fs/inotify/max_user_watches'))
  // A kernel without inotify, or a container that hides it.
  if (text === null) return []
  // In a user namespace, as of some containers, its own limit may be lower.
  const own = systemFile(join(root, 'proc/sys/user/max_inotify_watches'))
  const watches = Math.min(Number(text.trim()), own === null ? Number.POSITIVE_INFINITY : Number(own.trim()))
  const CHECK = 'inotify'
  if (watches >= LEAST_WATCHES) return [ok(CHECK, `${formatCount(watches)} watches for each user`)]
  return [
    fault(
      CHECK,
      `A user may watch only ${formatCount(watches)} files and folders (fs.inotify.max_user_watches).`,
      'echo fs.inotify.max_user_watches=524288 | sudo tee /etc/sysctl.d/60-inotify.conf && sudo sysctl --system',
    ),
  ]
}
