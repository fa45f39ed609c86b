import { resolve } from 'node:path'
import { ExitCode, SmdError } from '../../protocol/errors.ts'
import { defineCommand } from '../command.ts'
import { formatBytes } from '../format/values.ts'

export const supportBundleCommand = defineCommand({
  name: 'support-bundle',
  summary: 'Collect what helps to find a fault of smd into a ZIP file; nothing is sent anywhere',
  examples: [
    ['smd support-bundle', 'Shows what it will contain and asks'],
    ['smd support-bundle --yes --output smd.zip', 'For a script'],
  ],
  args: {
    output: {
      type: 'string',
      alias: 'o',
      describe: 'File to write (default: smd-support-TIME.zip)',
      complete: 'path',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask' },
  },
  async run({ io, paths, env, cwd }, { output, yes }) {
    const { thisMachine } = await import('../doctor/examine.ts')
    const { collectBundle } = await import('../support/collect.ts')
    const { packBundle, writeNewFile } = await import('../support/write-bundle.ts')
    const machine = thisMachine(paths, env)
    const at = new Date(machine.now())
    const path = resolve(cwd, output ?? `smd-support-${stamp(at)}.zip`)
    const parts = await collectBundle(machine)
    const contents = parts.map(({ name, what, text }) => ({ name, what, sizeBytes: Buffer.byteLength(text) }))
    io.note(`${path} will contain, with secrets hidden and nothing of your projects' files:`)
    for (const { name, what, sizeBytes } of contents)
      io.note(`  ${name.padEnd(18)} ${what} (${formatBytes(sizeBytes)})`)
    if (!yes) {
      const answer = await io.confirm('Write it?')
      if (answer === null)
        throw new SmdError('cli.confirmation_needed', { action: 'Writing a support bundle' })
      if (!answer) {
        io.note('Nothing was written.')
        return ExitCode.failure
      }
    }
    const archive = await packBundle(parts, at)
    writeNewFile(path, archive)
    if (io.json) io.value({ path, sizeBytes: archive.length, items: contents, total: contents.length })
    else io.line(path)
    io.note('It stays on this machine. Look into it before you give it to anybody.')
    return ExitCode.ok
  },
})

/** `20261125T214500Z` */
const stamp = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '')
