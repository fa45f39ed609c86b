// The least a Node program has to do for one answer of the daemon: connect, greet, ask, print. No dependencies.
'use strict'
const [, , path, method, params] = process.argv
const socket = require('node:net').connect(path)
const greeting = { protocol: { min: 1, max: 1 }, client: 'bare', cwd: process.cwd() }
socket.write(
  `{"jsonrpc":"2.0","id":1,"method":"daemon.hello","params":${JSON.stringify(greeting)}}\n` +
    `{"jsonrpc":"2.0","id":2,"method":"${method}","params":${params}}\n`,
)
let text = ''
socket.setEncoding('utf8')
socket.on('data', (chunk) => {
  text += chunk
  const lines = text.split('\n')
  if (lines.length < 3) return
  process.stdout.write(`${JSON.stringify(JSON.parse(lines[1]).result)}\n`)
  socket.destroy()
})
