/** Builds the page into `dist/web`: hashed names, no inline script, addresses relative to `<base>`. */
import { join } from 'node:path'
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
  build: {
    outDir: join(import.meta.dirname, '../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // Each would be a request of its own; small pictures are in the styles as data otherwise, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every view needs is one file: each further one would be a request before the first paint.
        codeSplitting: {
          groups: [
            {
              name: 'page',
              test: /node_modules[/\\](preact|wouter-preact|regexparam)[/\\]|web[/\\]src[/\\](lib|components[/\\](badge|data-table|error-notice|freshness|icon|notices|page|path-text|search-field|toolbar))[/\\]/,
            },
          ],
        },
      },
    },
  },
})
