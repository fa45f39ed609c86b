/** Tags and groups of a collection, as its manifest says (formats spec sections 3 and 13). */
import { readArtifactKind } from './artifact-type.ts'
import { type DiagnosticCode, diagnose } from './diagnostics.ts'
import { isRecord, ownValue, stringList, textOf } from './json-values.ts'
import type { UnitResult } from './types.ts'

export type TagLabel = { slug: string; name: string; color: string | null; description: string }
/** `type` and `name` are those of the artifact that it means; `type` null: nobody knows, and it means none. */
export type GroupMember = {
  member: string
  type: string | null
  name: string
  isResolved: boolean
  position: number
}
export type GroupLabel = {
  name: string
  description: string
  color: string
  icon: string
  position: number
  members: GroupMember[]
}
export type LabelledArtifact = { type: string; name: string; relPath: string; tags: string[] }

/** What a manifest says beside its artifacts. */
export type CollectionLabels = { artifacts: LabelledArtifact[]; tags: TagLabel[]; groups: GroupLabel[] }

type Problems = UnitResult['diagnostics']
type Tell = (code: DiagnosticCode, detail: string) => void

/** Reads what there is; what makes no sense is passed over and told (MP-1.4, MP-3.1 to MP-3.3). */
export function readLabels(manifest: unknown, relPath: string, problems: Problems): CollectionLabels {
  const tell: Tell = (code, detail) => void problems.push({ relPath, ...diagnose(code, detail) })
  const artifacts = artifactsIn(manifest)
  return { artifacts, tags: tagsIn(manifest, tell), groups: groupsIn(manifest, artifacts, tell) }
}

const rowsOf = (manifest: unknown, name: string): Record<string, unknown>[] => {
  const rows = ownValue(manifest, name)
  return Array.isArray(rows) ? rows.filter(isRecord) : []
}

function artifactsIn(manifest: unknown): LabelledArtifact[] {
  const found = new Map<string, LabelledArtifact>()
  for (const row of rowsOf(manifest, 'artifacts')) {
    const [name, type] = [textOf(row.name), textOf(row.type)]
    if (!name || !type) continue
    const kind = readArtifactKind(type) ?? type
    const metadata = isRecord(row.metadata) ? row.metadata : {}
    const tags = [...stringList(row.tags), ...stringList(metadata.tags)].map((tag) => tag.trim())
    const relPath = (textOf(row.path) ?? '').replace(/^\.\/|\/+$/g, '')
    found.set(`${kind}:${name}`.toLowerCase(), { type: kind, name, relPath, tags: distinct(tags) })
  }
  return [...found.values()]
}

/** Without empty ones, and without those that differ by letter case only. */
const distinct = (texts: readonly string[]): string[] => [
  ...new Map(texts.filter((text) => text !== '').map((text) => [text.toLowerCase(), text])).values(),
]

function tagsIn(manifest: unknown, tell: Tell): TagLabel[] {
  const found = new Map<string, TagLabel>()
  for (const row of rowsOf(manifest, 'tag_definitions')) {
    const [name, slug] = [textOf(row.name), textOf(row.slug)]
    if (!name || !slug) {
      tell('tag.incomplete', name ?? slug ?? '')
      continue
    }
    const color = textOf(row.color)
    const isColor = color !== null && /^#[0-9A-Fa-f]{6}$/.test(color)
    if (color && !isColor) tell('tag.bad_color', `${slug}: ${color}`)
    if (!found.has(slug))
      found.set(slug, {
        slug,
        name,
        color: isColor ? color : null,
        description: textOf(row.description) ?? '',
      })
  }
  return [...found.values()]
}

function groupsIn(manifest: unknown, artifacts: readonly LabelledArtifact[], tell: Tell): GroupLabel[] {
  const resolve = memberResolver(artifacts)
  const found = new Map<string, GroupLabel>()
  for (const [index, row] of rowsOf(manifest, 'groups').entries()) {
    const name = textOf(row.name)
    if (!name || found.has(name)) {
      tell(name ? 'group.duplicate' : 'group.incomplete', name ?? '')
      continue
    }
    const members = membersIn(row.members, resolve)
    for (const { member, isResolved } of members)
      if (!isResolved) tell('group.unresolved', `${name}: ${member}`)
    found.set(name, {
      name,
      description: textOf(row.description) ?? '',
      color: textOf(row.color) || 'slate',
      icon: textOf(row.icon) || 'layers',
      position: typeof row.position === 'number' && row.position >= 0 ? Math.floor(row.position) : index,
      members,
    })
  }
  return [...found.values()]
}

type Resolver = (member: string) => { type: string | null; name: string; isResolved: boolean }

/** Members that mean the same artifact, or are the same text, count once; the others keep their place. */
function membersIn(list: unknown, resolve: Resolver): GroupMember[] {
  const found = new Map<string, GroupMember>()
  for (const [position, member] of stringList(list).entries()) {
    const meant = resolve(member)
    const key = `${meant.type}:${meant.name}`.toLowerCase()
    if (!found.has(key)) found.set(key, { member, ...meant, position })
  }
  return [...found.values()]
}

/** `type:name`, or a bare name that exactly one artifact has (formats spec section 13.1). */
export function memberResolver(artifacts: ReadonlyArray<Pick<LabelledArtifact, 'type' | 'name'>>): Resolver {
  const byKey = new Map(artifacts.map((each) => [`${each.type}:${each.name}`.toLowerCase(), each]))
  const byName = new Map<string, Array<Pick<LabelledArtifact, 'type' | 'name'>>>()
  for (const each of artifacts) {
    const name = each.name.toLowerCase()
    byName.set(name, [...(byName.get(name) ?? []), each])
  }
  return (member) => {
    const at = member.indexOf(':')
    const type = at < 0 ? null : readArtifactKind(member.slice(0, at))
    const name = type === null ? member : member.slice(at + 1)
    const named = byName.get(member.toLowerCase()) ?? []
    const found =
      type === null ? (named.length === 1 ? named[0] : undefined) : byKey.get(`${type}:${name}`.toLowerCase())
    return found
      ? { type: found.type, name: found.name, isResolved: true }
      : { type, name, isResolved: false }
  }
}
