/**
 * The least a socket can do: `echo.sock` sends back what it gets, `send.sock` answers a line with a number with that
 * many bytes, the last of them a line end. Ends with its standard input.
 */
import { createServer } from 'node:net'
import { join } from 'node:path'

const folder = process.argv[2] as string

createServer((socket) => {
  socket.on('data', (chunk) => socket.write(chunk))
  socket.on('error', () => socket.destroy())
}).listen(join(folder, 'echo.sock'), () => {
  createServer((socket) => {
    const replies = new Map<string, Buffer>()
    socket.on('data', (chunk) => {
      const wanted = chunk.toString()
      let reply = replies.get(wanted)
      if (!reply) {
        reply = Buffer.alloc(Number(wanted), 'x')
        reply[reply.length - 1] = 0x0a
        replies.set(wanted, reply)
      }
      socket.write(reply)
    })
    socket.on('error', () => socket.destroy())
  }).listen(join(folder, 'send.sock'), () => process.stdout.write('ready\n'))
})

process.stdin.resume().on('end', () => process.exit(0))
