/** Entry of the command line on an adequate Node; launcher.cjs checks that. */
import { main } from './main.ts'

// `smd list | head`: a reader that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

main(process.argv.slice(2), process).then((code) => {
  process.exitCode = code
})
