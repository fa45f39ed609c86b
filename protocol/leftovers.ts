/** What lies around and is of no use; free of the validator, so that every client may import it. */

/** Each kind with what it is, and whether smd removes it when asked to. */
export const leftoverKinds = {
  'broken-link': { about: 'A link in a folder of an agent that leads nowhere.', removable: true },
  'old-cache': { about: 'A copy of cache.db that smd set aside, or made before an update.', removable: true },
  'unused-object': {
    about: 'What smd kept for merges, snapshots and undo, and nothing refers to.',
    removable: true,
  },
  'orphaned-plugin': {
    about: 'A former version of a plugin; Claude Code removes it itself about two weeks later.',
    removable: false,
  },
  'unfinished-download': {
    about: 'What Claude Code left of a download; it can go when no session runs.',
    removable: false,
  },
} as const
export type LeftoverKind = keyof typeof leftoverKinds
