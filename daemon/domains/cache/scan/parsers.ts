/** Parsers of foreign formats, loaded when the first file needs them: most scans meet no TOML and little hard YAML. */
import { createRequire } from 'node:module'

let yaml: typeof import('yaml') | undefined
let toml: typeof import('smol-toml') | undefined

/**
 * @NOTE The bare `require` is for the bundle: the bundler sees it and packs the library to be evaluated on first use.
 * Run from source there is no `require`, so one is made.
 */
export function loadYaml(): typeof import('yaml') {
  yaml ??= (
    typeof require === 'function' ? require('yaml') : createRequire(import.meta.url)('yaml')
  ) as typeof import('yaml')
  return yaml
}

/** See `loadYaml`. */
export function loadToml(): typeof import('smol-toml') {
  toml ??= (
    typeof require === 'function' ? require('smol-toml') : createRequire(import.meta.url)('smol-toml')
  ) as typeof import('smol-toml')
  return toml
}
