/** Builds the page into `dist/web`: hashed names, no inline script, addresses relative to `<base>`. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig, type Plugin, type Rolldown } from 'vite'

/** The page brings its own errors.ts: see web/src/lib/page-error.ts. */
const ownErrors: Plugin = {
  name: 'own-errors',
  enforce: 'pre',
  resolveId: (source) =>
    /[/\\]errors\.ts$/.test(source) ? join(import.meta.dirname, 'src/lib/page-error.ts') : null,
}

/** Of the manifest the page needs the version. */
const slimManifest: Plugin = {
  name: 'slim-manifest',
  enforce: 'pre',
  transform: (code, id) =>
    id === join(import.meta.dirname, '../package.json')
      ? JSON.stringify({ version: JSON.parse(code).version })
      : null,
}

/** marked makes its ready-made parser when it is loaded; the page reads with the lexer alone, so the rest is left out. */
const lexerOnly: Plugin = {
  name: 'lexer-only',
  enforce: 'pre',
  transform(code, id) {
    if (!/node_modules[/\\]marked[/\\]lib[/\\]marked\.esm\.js$/.test(id)) return null
    const parts = /^(.*;)var (\w+)=new \w+;function .*;export\{(.*)\};/s.exec(code)
    if (!parts) throw new Error('marked is built in another way now; see lexer-only in web/vite.config.ts')
    const used = /^\w+ as (?:Lexer|Tokenizer|getDefaults)$/
    const exported = String(parts[3])
      .split(',')
      .filter((name) => used.test(name))
    return `${parts[1]}export{${exported.join(',')}}`
  },
}

const startOf = (chunks: readonly Rolldown.OutputChunk[]): Rolldown.OutputChunk | undefined =>
  chunks.find(({ moduleIds }) => moduleIds.some((id) => /[/\\]start\.ts$/.test(id)))

/** Files that the code before the first paint asks for, and what those need. */
function laterThan(bundle: Rolldown.OutputBundle = {}): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const start = startOf(chunks)
  const needed = (names: readonly string[]): string[] =>
    names.flatMap((name) => [
      name,
      ...needed(
        (chunks.find(({ fileName }) => fileName === name)?.imports ?? []).filter(
          (other) => !names.includes(other),
        ),
      ),
    ])
  return [...new Set(needed(start?.dynamicImports ?? []))].filter((name) => name !== start?.fileName)
}

/**
 * What index.html shows has its few styles in itself. Everything else stands behind it, so that it is painted while that
 * is on its way: a browser that is busy paints what it has read, and looks ahead for files anyhow.
 */
const bodyFirst: Plugin = {
  name: 'body-first',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const tags =
        html.match(/ *<(?:link rel="stylesheet"|script type="module")[^>]*>(?:<\/script>)?\n/g) ?? []
      const without = tags.reduce((rest, tag) => rest.replace(tag, ''), html)
      // What the first code asks for is fetched while it waits.
      const preloads = laterThan(bundle).map((name) => `    <link rel="modulepreload" href="./${name}">\n`)
      return without.replace('  </body>', `${preloads.join('')}${tags.join('')}  </body>`)
    },
  },
}

/**
 * Writes down which files each view needs (views.json), so that the daemon can have the browser fetch them along with the
 * page: asked for by the page's own code they would come one after the other.
 */
const filesOfViews: Plugin = {
  name: 'files-of-views',
  // Other pages that are built like this one have no views.
  apply: ({ root = import.meta.dirname }) => root === import.meta.dirname,
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
    const routes = readFileSync(join(import.meta.dirname, 'src/routes.tsx'), 'utf8')
    const views = [
      ...routes.matchAll(/path: '([^']+)',\s+view: lazily\(\s*async \(\) => \(await import\('([^']+)'\)/g),
    ]
    if (views.length !== [...routes.matchAll(/ path: '/g)].length)
      throw new Error('routes are written in another way now; see files-of-views in web/vite.config.ts')
    const filesOf = (name: string): string[] => [
      name,
      ...(chunks.find(({ fileName }) => fileName === name)?.imports ?? []).flatMap(filesOf),
    ]
    const first = new Set([startOf(chunks)?.fileName, ...laterThan(bundle)])
    const table = views.map(([, path, file]) => {
      const id = join(import.meta.dirname, 'src', String(file))
      const chunk =
        chunks.find(({ facadeModuleId }) => facadeModuleId === id) ??
        chunks.find(({ moduleIds }) => moduleIds.includes(id))
      if (!chunk) throw new Error(`${file} is in no file of the page`)
      return { path, files: [...new Set(filesOf(chunk.fileName))].filter((name) => !first.has(name)) }
    })
    this.emitFile({ type: 'asset', fileName: 'views.json', source: JSON.stringify(table) })
  },
}

/** The bundler's own code around each import has nothing to do here: see files-of-views. */
const plainImports: Plugin = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : null),
}

/**
 * Most functions of the first views run before their first paint. Told so, the browser compiles them beside the main
 * thread while the files are loaded, and not one by one when each is called.
 */
const compiledAhead: Plugin = {
  name: 'compiled-ahead',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk' && AHEAD.has(file.name))
          file.code = `//# allFunctionsCalledOnLoad\n${file.code}`
      }
    },
  },
}
const AHEAD = new Set(['page', 'table', 'cards', 'lists', 'artifacts', 'projects-page', 'overview-page'])

export default defineConfig({
  plugins: [plainImports, ownErrors, slimManifest, lexerOnly, bodyFirst, filesOfViews, compiledAhead],
  root: import.meta.dirname,
  // Relative, so that the same build works below any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: {
    modules: {
      // Names that can be read, and that pack better than hashes; the files have names of their own, too.
      generateScopedName: (name, file) => `${basename(file, '.module.css')}-${name}`,
    },
  },
  build: {
    outDir: join(import.meta.dirname, '../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // Each would be a request of its own; small pictures are in the styles as data otherwise, which the policy forbids.
    assetsInlineLimit: 0,
    // One file of styles: they are few.
    cssCodeSplit: false,
    // What a view needs is in views.json; the code that would ask for it along with each file is half a kilobyte.
    modulePreload: false,
    reportCompressedSize: false,
    // Three percent smaller than what the bundler makes.
    minify: 'terser',
    terserOptions: { module: true, ecma: 2020, compress: { passes: 3 } },
    rolldownOptions: {
      // What is in the first file of a view anyhow is no mistake to ask for later.
      checks: { ineffectiveDynamicImport: false, pluginTimings: false },
      output: {
        // What every view needs is one file: each further one would be a request before the first paint.
        codeSplitting: {
          groups: [
            // What runs before the first paint.
            {
              name: 'start',
              priority: 3,
              test: /vite[/\\]preload-helper|web[/\\]src[/\\](start|lib[/\\]after-paint)\.ts/,
            },
            // What tables need beside the page: the overview has none.
            {
              name: 'table',
              priority: 1,
              test: /web[/\\]src[/\\](lib[/\\](scope-names|use-(action|kept|queries|url-state|windowed-rows))\.|components[/\\](badge[/\\]quiet-state|data-table[/\\]|freshness[/\\]freshness-badge|page[/\\]table-skeleton|path-text[/\\]|search-field[/\\]|toolbar[/\\])|pages[/\\]artifacts[/\\]artifact-filter)/,
            },
            {
              name: 'page',
              priority: 2,
              test: /package\.json$|protocol[/\\](artifact-states|page-addresses|version|vocabulary)|node_modules[/\\](preact|wouter-preact|regexparam)[/\\]|web[/\\]src[/\\]((app|connection|main|routes|session)\.|pages[/\\]artifacts[/\\](artifact-rows|prepare-artifacts)|lib[/\\](?!after-paint|clipboard|csv|health-words|job-words|scope-names|type-count|undo-change|use-(action|chosen|kept|queries|settled|stored|url-state|while-visible|windowed-rows))|components[/\\](error-boundary\.tsx|badge[/\\]badge|freshness[/\\]old-mark|page[/\\]page|(age|error-notice|icon|notices|shell)[/\\]))/,
            },
            // What the overview and other views without a list need beside that.
            {
              name: 'cards',
              priority: 1,
              test: /web[/\\]src[/\\](lib[/\\](health-words|job-words|use-stored)|components[/\\](bar-list|card)[/\\])/,
            },
            // What dialogs and pages with parts need: most views that are opened after another one.
            {
              name: 'parts',
              priority: 1,
              test: /web[/\\]src[/\\](lib[/\\](undo-change|use-chosen|use-while-visible)|components[/\\](artifact-diff|command-line|copy-button|dialog|facts|near-view|simple-table|tabs|type-select)[/\\])/,
            },
            // Comparisons: of an artifact, of what an update or a pull would do.
            {
              name: 'diff',
              priority: 1,
              test: /web[/\\]src[/\\]components[/\\]diff-view[/\\]/,
            },
            // What the lists need beside the table.
            {
              name: 'lists',
              priority: 1,
              test: /web[/\\]src[/\\](lib[/\\](clipboard|csv|use-settled)|components[/\\](chips|outdated-badge|selection-actions)|pages[/\\]artifacts[/\\]versions)/,
            },
            {
              name: 'artifacts',
              test: /web[/\\]src[/\\]pages[/\\]artifacts[/\\](artifact-(columns|list)|artifacts-page|facets|selection|use-)/,
            },
            // Views that are opened after another one: together they pack better, and one request brings all.
            {
              name: 'views',
              test: /web[/\\]src[/\\]pages[/\\](health|jobs|matrix|outdated|settings)[/\\]|components[/\\](virtual-grid|update-available-dialog)[/\\]/,
            },
            // What is done with collections: only who has one opens these.
            {
              name: 'collections',
              test: /web[/\\]src[/\\](pages[/\\](collections|deployments|snapshots|sync)[/\\]|components[/\\](check-list|deploy-dialog|menu)[/\\])/,
            },
            {
              name: 'artifact',
              test: /web[/\\]src[/\\](pages[/\\]artifacts[/\\](artifact-(facts|history-tab|page)|(compare|files|overview|places)-tab|file-content|main-file|metadata|places)\.|components[/\\](code-view|file-tree|frontmatter-table))/,
            },
          ],
        },
      },
    },
  },
})
