/** Builds the page into `dist/web`: hashed names, no inline script, addresses relative to `<base>`. */
import { basename, join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

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

export default defineConfig({
  plugins: [ownErrors, slimManifest, lexerOnly],
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
    // What a file needs is asked for along with it.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Three percent smaller than what the bundler makes.
    minify: 'terser',
    terserOptions: { module: true, compress: { passes: 3 } },
    rolldownOptions: {
      // What is in the first file of a view anyhow is no mistake to ask for later.
      checks: { ineffectiveDynamicImport: false, pluginTimings: false },
      output: {
        // What every view needs is one file: each further one would be a request before the first paint.
        codeSplitting: {
          groups: [
            {
              name: 'page',
              priority: 2,
              test: /vite[/\\]preload-helper|package\.json$|protocol[/\\](artifact-states|version|vocabulary)|node_modules[/\\](preact|wouter-preact|regexparam)[/\\]|web[/\\]src[/\\]((app|connection|routes|session)\.|pages[/\\]artifacts[/\\](artifact-filter|artifact-rows|prepare-artifacts)|lib[/\\](?!clipboard|csv|health-words|job-words|use-settled|use-stored|use-while-visible)|components[/\\](error-boundary\.tsx|(age|badge|data-table|error-notice|freshness|icon|notices|page|path-text|search-field|shell|sign-in|toolbar)[/\\]))/,
            },
            // What the overview and the lists need beside that.
            {
              name: 'lists',
              priority: 1,
              test: /web[/\\]src[/\\](lib[/\\](clipboard|csv|health-words|job-words|use-settled|use-stored)|components[/\\](bar-list|card|chips|outdated-badge)|pages[/\\]artifacts[/\\]versions)/,
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
            {
              name: 'artifact',
              test: /web[/\\]src[/\\](pages[/\\]artifacts[/\\](artifact-(facts|history-tab|page)|(compare|files|overview|places)-tab|file-content|main-file|metadata|places)\.|components[/\\](artifact-diff|code-view|diff-view|file-tree|frontmatter-table))/,
            },
          ],
        },
      },
    },
  },
})
