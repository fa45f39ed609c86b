/** A collection on the disk, as SkillMeat would have written it. */
import type { TestHome } from './test-daemon.ts'

/** Writes `~/.skillmeat/collections/<name>` with these artifacts: type, name and files by path below the artifact. */
export function writeCollection(
  { write }: Pick<TestHome, 'write'>,
  artifacts: ReadonlyArray<{
    type: string
    name: string
    path?: string
    files: string | Record<string, string>
  }>,
  name = 'default',
): void {
  const folder = `.skillmeat/collections/${name}`
  const rows = artifacts.map(({ type, name, path: given, files }) => {
    const container = type === 'mcp' ? 'mcp' : `${type}s`
    const path = given ?? (typeof files === 'string' ? `${container}/${name}.md` : `${container}/${name}`)
    if (typeof files === 'string') write(`${folder}/${path}`, files)
    else for (const [file, text] of Object.entries(files)) write(`${folder}/${path}/${file}`, text)
    return `[[artifacts]]\nname = ${JSON.stringify(name)}\ntype = "${type}"\npath = ${JSON.stringify(path)}\norigin = "local"\nadded = "2026-01-02T03:04:05"\n`
  })
  write(
    `${folder}/collection.toml`,
    `[collection]\nname = "${name}"\nversion = "1.0.0"\ncreated = "2026-01-02T03:04:05"\nupdated = "2026-01-02T03:04:05"\n\n${rows.join('\n')}`,
  )
}
