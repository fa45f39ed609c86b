/** What surrounds the artifacts of a real machine and must cost a scan little: sources, dependencies, caches. */
import { type DemoContext, inPlace, jsonText, type Place, someTime } from './context.ts'
import { writeGitFolder } from './git-folder.ts'
import type { Random } from './random.ts'

const packageWords = [
  'array',
  'buffer',
  'cache',
  'date',
  'event',
  'file',
  'glob',
  'http',
  'image',
  'json',
  'key',
] as const
const packageEnds = ['utils', 'core', 'stream', 'parse', 'kit', 'map', 'tools', 'lite'] as const
const sourceWords = [
  'account',
  'billing',
  'client',
  'cursor',
  'draft',
  'export',
  'filter',
  'index',
  'job',
  'login',
] as const

/** Sources, `node_modules` and `.git` of one project: about 230 files (performance spec section 4). */
export function writeProjectNoise(place: Place): void {
  const { random, seconds } = place
  const put = (relPath: string, content: string): void =>
    place.ctx.tree.write(inPlace(place, relPath), content, seconds)
  const readme = `# ${place.name}\n\nSources of ${place.name}; see docs/ for more.\n`
  put('README.md', readme)
  put('package.json', jsonText({ name: place.name, version: '0.1.0', private: true }))
  put('.gitignore', 'node_modules/\ndist/\n')
  writeGitFolder(place, readme)
  for (let i = 0; i < 40; i++) {
    const word = sourceWords[i % sourceWords.length] as string
    const folder = ['src', 'src/lib', 'src/pages', 'test'][i % 4] as string
    const body = `export const ${word}${i} = '${random.hex40()}'\n`
    put(`${folder}/${word}-${i}.ts`, body)
  }
  for (let i = 0; i < 10; i++) put(`docs/page-${i}.md`, `# Page ${i}\n\nAbout ${place.name}.\n`)
  const packages = random
    .shuffle(packageWords.flatMap((a) => packageEnds.map((b) => `${a}-${b}`)))
    .slice(0, 28)
  for (const name of packages) {
    put(`node_modules/${name}/package.json`, `{"name":"${name}","version":"1.${random.int(0, 30)}.0"}\n`)
    // Nothing reads the rest; empty files keep 1,000 projects small on disk.
    for (const file of ['index.js', 'README.md', 'lib/main.js', 'lib/util.js', 'index.d.ts']) {
      put(`node_modules/${name}/${file}`, '')
    }
  }
  if (random.chance(0.1)) {
    const decoy = `node_modules/${packages[0]}/.claude/skills/bundled-helper/SKILL.md`
    put(decoy, '---\nname: bundled-helper\ndescription: Part of a package; no project of the user.\n---\n')
  }
  if (random.chance(0.15)) {
    for (let i = 0; i < 6; i++) put(`.venv/lib/python3.12/site-packages/module_${i}/__init__.py`, '')
  }
  if (random.chance(0.3)) for (let i = 0; i < 5; i++) put(`dist/chunk-${i}.js`, '')
}

/** Folders of the home that hold no artifact: downloads, caches, folders that look like projects but are none. */
export function writeHomeNoise(ctx: DemoContext, groups: readonly string[], random: Random): void {
  const put = (relPath: string, content: string): void => ctx.tree.write(relPath, content, someTime(random))
  for (let i = 0; i < 40; i++) put(`.npm/_cacache/content-v2/sha512/${random.hex40().slice(0, 2)}/${i}`, '')
  for (let i = 0; i < 25; i++) put(`.cache/tool-${i % 5}/entry-${i}`, '')
  for (let i = 0; i < 12; i++) put(`Downloads/report-${i}.pdf`, '')
  for (let i = 0; i < 8; i++) put(`Documents/notes/page-${i}.md`, `# Note ${i}\n\nNothing to scan here.\n`)
  put('.bashrc', 'export EDITOR=vi\n')
  for (const group of groups) {
    put(`projects/${group}/notes/todo.md`, '- [ ] tidy up\n')
    for (let i = 0; i < 5; i++) put(`projects/${group}/data-dump/part-${i}.csv`, '')
  }
}
