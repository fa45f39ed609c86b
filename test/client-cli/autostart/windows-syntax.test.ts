import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandLine, envFileLine } from '../../../client-cli/autostart/windows-syntax.ts'
import { useTestHome } from '../../support/test-daemon.ts'

/** Takes a command line apart as programs for Windows do (Microsoft, "Parsing C command-line arguments"). */
function words(line: string): string[] {
  const found: string[] = []
  let current: string | null = null
  let quoted = false
  for (let i = 0; i < line.length; ) {
    const slashes = /^\\*/.exec(line.slice(i))?.[0].length ?? 0
    i += slashes
    const sign = line[i]
    if (slashes > 0) current = (current ?? '') + '\\'.repeat(sign === '"' ? Math.floor(slashes / 2) : slashes)
    if (sign === '"') {
      if (slashes % 2 === 1) current = `${current ?? ''}"`
      else {
        quoted = !quoted
        current ??= ''
      }
      i++
    } else if (sign === ' ' && !quoted) {
      if (current !== null) found.push(current)
      current = null
      i++
    } else if (sign !== undefined) {
      current = (current ?? '') + sign
      i++
    }
  }
  if (current !== null) found.push(current)
  return found
}

const text = fc
  .array(fc.constantFrom('a', ' ', '\\', '\\\\', '"', 'C:\\new', '%', 'ü', "'"), { maxLength: 10 })
  .map((parts) => parts.join(''))

const makeHome = useTestHome()

describe('what is written for Windows (L12)', () => {
  it('a command line comes apart into the same words', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (given) => {
        expect(words(commandLine(given))).toEqual(given)
      }),
      { numRuns: 500 },
    )
  })

  it('a file of variables gives Node the same values', () => {
    const folder = fc
      .array(fc.constantFrom('a', ' ', '\\', '\\n', '"', '#', '=', '$x', '%x%', 'ü', "'"), { maxLength: 10 })
      .map((parts) => `C:\\${parts.join('')}`)
    fc.assert(
      fc.property(folder, (value) => {
        expect(parseEnv(envFileLine('SMD_HOME', value))).toEqual({ SMD_HOME: value })
      }),
      { numRuns: 500 },
    )
  })

  it('says so when a value can be written in no way', () => {
    expect(() => envFileLine('SMD_HOME', "a'b`c")).toThrow(/both kinds of quotation marks/)
  })

  it('node --env-file reads such a file', () => {
    const file = join(makeHome().home, 'service.env')
    writeFileSync(file, `${envFileLine('SMD_HOME', 'C:\\new "x"')}\n`)
    const print = ['-p', 'process.env.SMD_HOME']
    const read = execFileSync(process.execPath, [`--env-file=${file}`, ...print], {
      encoding: 'utf8',
      env: {},
    })
    expect(read.trim()).toBe('C:\\new "x"')
  })
})
