/** Records other managers leave in a project: SkillMeat deployments and the lock file of the skills CLI. */
import { stringify } from 'smol-toml'
import { type CollectionItem, itemName } from './collection.ts'
import { inPlace, jsonText, naiveTime, type Place } from './context.ts'
import { editByHand } from './deviations.ts'
import { computedHash, hashH1 } from './folder-hashes.ts'
import type { ExpectedArtifact } from './ledger.ts'
import { placeFile, placeSkill } from './placing.ts'
import type { StockSkill } from './stock.ts'
import type { FileBytes } from './tree-writer.ts'

const editRate = 0.2
const olderRate = 0.4

/**
 * Deploys items of the collection into `.claude` with a record file (formats spec section 7).
 * Some were deployed before the collection moved on (outdated), some were edited afterwards (modified), some both.
 */
export function deployFromCollection(place: Place, items: readonly CollectionItem[]): void {
  const { random, seconds } = place
  const deployed = items.map((item) => {
    const name = itemName(item)
    const path = item.type === 'skill' ? `skills/${name}` : `${item.type}s/${name}.md`
    const outdated = item.type === 'skill' && item.older !== undefined && random.chance(olderRate)
    const edited = random.chance(editRate)
    const { noted, hash } = deployOne(place, item, path, outdated, edited)
    if (outdated) noted.isOutdated = true
    if (edited) noted.localModified = true
    return {
      artifact_name: name,
      artifact_type: item.type,
      from_collection: 'default',
      deployed_at: naiveTime(seconds, random.int(0, 999_999)),
      artifact_path: path,
      content_hash: hash,
      local_modifications: false,
      version_lineage: [hash],
      merge_base_snapshot: hash,
      deployment_profile_id: 'claude_code',
      platform: 'claude_code',
      profile_root_dir: '.claude',
      collection_sha: hash,
    }
  })
  place.ctx.tree.write(
    inPlace(place, '.claude/.skillmeat-deployed.toml'),
    `${stringify({ deployed })}\n`,
    seconds,
  )
}

function deployOne(
  place: Place,
  item: CollectionItem,
  path: string,
  outdated: boolean,
  edited: boolean,
): { noted: ExpectedArtifact; hash: string } {
  if (item.type !== 'skill') {
    const bytes = edited ? editByHand(item.text.bytes, place.name) : item.text.bytes
    return { noted: placeFile(place, item.type, 'claude-code', `.claude/${path}`, bytes), hash: item.hash }
  }
  const { files } = outdated && item.older ? item.older : item.skill
  const onDisk = edited ? editMain(files, place.name) : files
  return { noted: placeSkill(place, 'claude-code', `.claude/${path}`, onDisk), hash: hashH1(files) }
}

/** Files of a skill after someone added to its SKILL.md. */
export const editMain = (files: readonly FileBytes[], where: string): FileBytes[] =>
  files.map((file) =>
    file.path === 'SKILL.md' ? { path: file.path, bytes: editByHand(file.bytes, where) } : file,
  )

/** Skills installed by the skills CLI into `.agents/skills`, with `skills-lock.json` (ecosystem spec 5.5). */
export function installWithLock(place: Place, skills: readonly StockSkill[]): ExpectedArtifact[] {
  const entries: Array<[string, unknown]> = []
  const noted = skills.map(({ name, files, origin }) => {
    const edited = place.random.chance(editRate)
    const onDisk = edited ? editMain(files, place.name) : files
    const artifact = placeSkill(place, 'agents', `.agents/skills/${name}`, onDisk)
    if (edited) artifact.localModified = true
    const { repo: source, repoPath } = origin
    const lock = {
      source,
      sourceType: 'github',
      skillPath: `${repoPath}/SKILL.md`,
      computedHash: computedHash(files),
    }
    entries.push([name, lock])
    return artifact
  })
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  const lock = { version: 1, skills: Object.fromEntries(entries) }
  place.ctx.tree.write(inPlace(place, 'skills-lock.json'), jsonText(lock), place.seconds)
  return noted
}
