/** The user's SkillMeat collection `~/.skillmeat/collections/default` (formats spec sections 3 and 4). */
import { stringify } from 'smol-toml'
import { type DemoContext, naiveTime, type Place, someTime } from './context.ts'
import { hashH1, sha256 } from './folder-hashes.ts'
import { placeFile, placeSkill } from './placing.ts'
import type { Random } from './random.ts'
import type { Stock, StockSkill, StockText } from './stock.ts'

/** One artifact of the collection. `hash` is the H1 of the copy it holds. */
export type CollectionItem =
  | { type: 'skill'; skill: StockSkill; older: StockSkill | undefined; hash: string }
  | { type: 'command' | 'agent'; text: StockText; hash: string }

const sizes = { skillsWithHistory: 20, otherSkills: 20, commands: 12, agents: 8 }

/** Chooses what the collection holds; half of its skills exist in an older version too. */
export function chooseCollection(stock: Stock, random: Random): CollectionItem[] {
  const newest = stock.skills.filter((s) => s.origin.part === 'wshobson')
  const withHistory = random.shuffle(newest.filter((s) => stock.olderSkills.has(s.name)))
  const others = random.shuffle(stock.skills.filter((s) => !stock.olderSkills.has(s.name)))
  const skills = uniqueNames([
    ...withHistory.slice(0, sizes.skillsWithHistory),
    ...others.slice(0, sizes.otherSkills),
  ])
  const texts = (list: StockText[], count: number): StockText[] =>
    uniqueNames(random.shuffle(list)).slice(0, count)
  return [
    ...skills.map(
      (skill): CollectionItem => ({
        type: 'skill',
        skill,
        older: stock.olderSkills.get(skill.name),
        hash: hashH1(skill.files),
      }),
    ),
    ...texts(stock.commands, sizes.commands).map(
      (text): CollectionItem => ({ type: 'command', text, hash: sha256(text.bytes) }),
    ),
    ...texts(stock.agents, sizes.agents).map(
      (text): CollectionItem => ({ type: 'agent', text, hash: sha256(text.bytes) }),
    ),
  ]
}

/** Name of an item, whatever its type. */
export const itemName = (item: CollectionItem): string =>
  item.type === 'skill' ? item.skill.name : item.text.name

/** Writes the collection with manifest, lock and configuration. */
export function writeCollection(ctx: DemoContext, random: Random): void {
  const seconds = someTime(random)
  const root = '.skillmeat/collections/default'
  const place: Place = { ctx, random, root, scope: 'collection', name: 'default', seconds }
  const artifacts: Record<string, unknown>[] = []
  const entries: Record<string, unknown> = {}
  for (const item of ctx.collection) {
    const name = itemName(item)
    const path = item.type === 'skill' ? `skills/${name}` : `${item.type}s/${name}.md`
    const origin = item.type === 'skill' ? item.skill.origin : item.text.origin
    if (item.type === 'skill') placeSkill(place, 'claude-code', path, item.skill.files)
    else placeFile(place, item.type, 'claude-code', path, item.text.bytes)
    const sha = random.hex40()
    const added = naiveTime(seconds - random.int(0, 30 * 86_400), random.int(0, 999_999))
    const upstream = `https://github.com/${origin.repo}/tree/${sha}/${origin.repoPath}`
    artifacts.push({
      name,
      type: item.type,
      path: item.type === 'skill' ? `${path}/` : path,
      origin: 'github',
      added,
      upstream,
      version_spec: 'latest',
      resolved_sha: sha,
      resolved_version: sha.slice(0, 7),
      last_updated: added,
      tags: random
        .shuffle(['backend', 'review', 'docs', 'testing', 'ops', 'data'])
        .slice(0, random.int(0, 3)),
    })
    entries[`${name}::${item.type}`] = {
      content_hash: item.hash,
      fetched: added,
      upstream,
      resolved_sha: sha,
    }
  }
  const members = ctx.collection.slice(0, 6).map((item) => `${item.type}:${itemName(item)}`)
  const groups = [
    { name: 'Everyday', description: 'Used in most projects', color: '', icon: '', position: 0, members },
  ]
  const created = naiveTime(seconds - 40 * 86_400, 0)
  const manifest = {
    collection: { name: 'default', version: '1.0.0', created, updated: naiveTime(seconds, 1) },
    artifacts,
    groups,
  }
  const { tree } = ctx
  tree.write(`${root}/collection.toml`, `${stringify(manifest)}\n`, seconds)
  const lock = stringify({ lock: { version: '1.0.0', entries } })
  tree.write(`${root}/collection.lock`, `${lock}\n`, seconds)
  const config = stringify({ settings: { 'default-collection': 'default', 'update-strategy': 'prompt' } })
  tree.write('.skillmeat/config.toml', `${config}\n`, seconds)
}

function uniqueNames<T extends { name: string }>(list: readonly T[]): T[] {
  const seen = new Set<string>()
  return list.filter(({ name }) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()))
}
