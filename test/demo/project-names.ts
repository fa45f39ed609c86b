/** Folder names for any number of projects; the same list for every seed, so that trees can be compared. */

const groups = [
  'work',
  'oss',
  'clients',
  'labs',
  'archive',
  'apps',
  'infra',
  'sites',
  'games',
  'research',
] as const
const firsts = [
  'amber',
  'brisk',
  'cedar',
  'delta',
  'ember',
  'fern',
  'granite',
  'harbor',
  'iris',
  'jade',
  'kelp',
  'lunar',
  'maple',
  'north',
  'opal',
  'pine',
  'quartz',
  'river',
  'sable',
  'tidal',
  'umber',
  'violet',
  'willow',
  'zephyr',
] as const
const seconds = [
  'api',
  'atlas',
  'board',
  'bridge',
  'catalog',
  'desk',
  'engine',
  'feed',
  'gateway',
  'hub',
  'inbox',
  'journal',
  'ledger',
  'mailer',
  'notes',
  'orders',
  'portal',
  'queue',
  'reports',
  'shop',
  'tracker',
  'viewer',
  'wiki',
] as const

/** `count` distinct places; about 100 projects share a group. The numbers of words are coprime, so pairs repeat late. */
export function projectNames(count: number): Array<{ group: string; name: string }> {
  const groupCount = Math.min(groups.length, Math.max(3, Math.ceil(count / 100)))
  return Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / (firsts.length * seconds.length))
    const name = `${firsts[i % firsts.length]}-${seconds[i % seconds.length]}`
    return { group: groups[i % groupCount] as string, name: round === 0 ? name : `${name}-${round + 1}` }
  })
}
