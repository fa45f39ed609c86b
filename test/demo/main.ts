/** `npm run demo:projects -- --count N --out DIR [--seed S] [--artifacts-per-project N] [--force]` */
import { parseArgs } from 'node:util'
import { buildDemoHome, type DemoHome } from './build-demo-home.ts'

const usage = `Turns the corpus into real projects, a user's home, plugins and noise folders.

  npm run demo:projects -- --count N --out DIR [options]

  --count N                  How many projects
  --out DIR                  Folder to fill; must be empty, absent, or of an earlier build
  --seed S                   The same seed gives the same files (default: 1)
  --artifacts-per-project N  Mean number of artifacts of a project (default: 100)
  --force                    Replace an earlier build in DIR
`

function main(args: string[]): number {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string' },
      out: { type: 'string' },
      seed: { type: 'string' },
      'artifacts-per-project': { type: 'string' },
      force: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help || !values.count || !values.out) {
    process.stderr.write(usage)
    return values.help ? 0 : 2
  }
  const started = performance.now()
  const demo = buildDemoHome({
    count: Number(values.count),
    out: values.out,
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(values['artifacts-per-project'] === undefined
      ? {}
      : { artifactsPerProject: Number(values['artifacts-per-project']) }),
    force: values.force ?? false,
    onProgress: (done, count) => {
      if (done === count || done % Math.ceil(count / 20) === 0)
        process.stderr.write(`${done} of ${count} projects\n`)
    },
  })
  process.stdout.write(summaryOf(demo, performance.now() - started))
  return 0
}

function summaryOf(
  { home, projects, artifacts, files, folders, bytes, vanishedProjects }: DemoHome,
  ms: number,
): string {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ')
  return `${home}
${projects.length} projects (and ${vanishedProjects.length} recorded ones that are gone), ${artifacts.total} artifacts
  by scope: ${list(artifacts.byScope)}
  by type:  ${list(artifacts.byType)}
  modified ${artifacts.localModified}, outdated ${artifacts.outdated}, deviating ${artifacts.deviating}
${files} files in ${folders} folders, ${(bytes / 1e6).toFixed(1)} MB, written in ${(ms / 1000).toFixed(1)} s
`
}

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
