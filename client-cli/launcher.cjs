#!/usr/bin/env node
// Runs on any Node, however old: checks the version before anything native or modern is loaded, and starts an adequate
// Node from the package's own folder when there is one. Old syntax on purpose.
'use strict'
var NEEDED = [22, 14]
// The SQLite module needs this interface; without it Node crashes. The first releases of 23 did not have it.
var NEEDED_NAPI = 10

function adequate(versions) {
  var parts = versions.node.split('.')
  var major = Number(parts[0])
  var recent = major > NEEDED[0] || (major === NEEDED[0] && Number(parts[1]) >= NEEDED[1])
  return recent && Number(versions.napi) >= NEEDED_NAPI
}

function runWith(node) {
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  })
  var signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  signals.forEach((signal) => {
    process.on(signal, () => {
      child.kill(signal)
    })
  })
  child.on('exit', (code, signal) => {
    process.exit(code === null ? 128 + (require('os').constants.signals[signal] || 0) : code)
  })
}

if (adequate(process.versions)) {
  require('./cli.cjs')
} else {
  var path = require('path')
  var binary = process.platform === 'win32' ? 'node.exe' : 'node'
  var own = path.join(__dirname, '..', 'node_modules', 'node', 'bin', binary)
  if (require('fs').existsSync(own)) {
    runWith(own)
  } else {
    process.stderr.write(
      'smd: this is Node ' +
        process.versions.node +
        ', smd needs ' +
        NEEDED.join('.') +
        ' or newer (https://nodejs.org).\n',
    )
    process.exit(1)
  }
}
