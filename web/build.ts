/** Builds the page, with a packed copy beside each file that is worth it: the daemon packs nothing while it runs. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type Rolldown, build as viteBuild } from 'vite'
import config from './vite.config.ts'

/** Smaller files fit into one packet anyway. */
const WORTH_PACKING_BYTES = 1024

/** Pictures and fonts are packed already. */
const packable = /\.(?:html|js|css|svg|json|txt|webmanifest)$/

/** Builds into `folder`, which it empties first. Answers what was bundled, for the licences. */
export async function buildPage(folder: string): Promise<Rolldown.RolldownOutput> {
  const output = await viteBuild({
    ...config,
    configFile: false,
    logLevel: 'warn',
    build: { ...config.build, outDir: folder },
  })
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (packable.test(name)) pack(join(folder, name))
  }
  return output as Rolldown.RolldownOutput
}

function pack(file: string): void {
  const content = readFileSync(file)
  if (content.length < WORTH_PACKING_BYTES) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
}
