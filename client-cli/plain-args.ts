import type { ArgSpec, ArgSpecs } from './command.ts'

export type PlainArgs = Record<string, string | number | boolean | string[]>

/**
 * Reads an ordinary command line from the command's own data, without a parser library: loading one costs more than
 * the whole answer (performance spec section 1). Understands `--name value`, `--name=value`, flags, one-letter
 * aliases, positionals and `--`. Anything else gives null, and yargs decides what it means or what is wrong with it.
 */
export function readPlainArgs(specs: ArgSpecs, argv: readonly string[]): PlainArgs | null {
  const args: PlainArgs = {}
  const positionals = Object.entries(specs).filter(([, spec]) => spec.positional)
  const rest = argv.slice()
  let optionsEnded = false
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--' && !optionsEnded) {
      optionsEnded = true
      continue
    }
    if (optionsEnded || !word.startsWith('-')) {
      const [name, spec] = positionals[0] ?? []
      if (name === undefined || spec === undefined) return null
      if (spec.raw) {
        args[name] = [word, ...rest]
        break
      }
      if (!put(args, name, spec, word)) return null
      if (!spec.many) positionals.shift()
      continue
    }
    const equals = word.indexOf('=')
    const found = findOption(specs, equals === -1 ? word : word.slice(0, equals))
    if (!found) return null
    const [name, spec] = found
    if (spec.type === 'boolean') {
      // `--flag true` could be a value or a word: not for us to say.
      if (equals !== -1 || name in args || rest[0] === 'true' || rest[0] === 'false') return null
      args[name] = true
      continue
    }
    const value = equals === -1 ? rest.shift() : word.slice(equals + 1)
    if (value === undefined || (equals === -1 && value.startsWith('-'))) return null
    // From `--name='…'`, and there only, yargs takes the quotes away.
    if (equals !== -1 && /^(['"]).*\1$/s.test(value)) return null
    if (!put(args, name, spec, value)) return null
  }
  const missing = Object.entries(specs).some(([name, spec]) => spec.required && !(name in args))
  return missing ? null : args
}

function findOption(specs: ArgSpecs, word: string): [string, ArgSpec] | null {
  for (const [name, spec] of Object.entries(specs)) {
    if (
      !spec.positional &&
      (word === `--${name}` || (spec.alias !== undefined && word === `-${spec.alias}`))
    ) {
      return [name, spec]
    }
  }
  return null
}

/** False when the value does not fit, or was given before. */
function put(args: PlainArgs, name: string, spec: ArgSpec, text: string): boolean {
  if (text === '' && !spec.mayBeEmpty) return false
  if (spec.choices && !spec.choices.includes(text)) return false
  if (spec.many) {
    const values = args[name]
    if (Array.isArray(values)) values.push(text)
    else args[name] = [text]
    return true
  }
  if (name in args) return false
  if (spec.type === 'number') {
    if (!/^-?\d+$/.test(text) || !inRange(spec, Number(text))) return false
    args[name] = Number(text)
    return true
  }
  args[name] = text
  return true
}

/** Whether a number is a whole one between `min` and `max`. */
export function inRange({ min = -Infinity, max = Infinity }: ArgSpec, value: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max
}
