/** Entry of the command line on an adequate Node; launcher.cjs checks that. */
import { main } from './main.ts'

// Whatever is written here or by the daemon that is started from here is for its user alone, from the first moment on.
process.umask(0o077)

// `smd list | head`: a reader that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

main(process.argv.slice(2), process).then((code) => {
  process.exitCode = code
})
