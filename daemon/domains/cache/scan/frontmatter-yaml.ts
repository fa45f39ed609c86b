/** YAML 1.1 through the `yaml` package. */
import type { CollectionTag, Pair, Scalar, ScalarTag, Tags } from 'yaml'
import { diagnose } from './diagnostics.ts'
import { loadYaml } from './parsers.ts'
import type { Diagnostic } from './types.ts'

export type YamlResult = {
  data: Record<string, unknown>
  isMapping: boolean
  /** Coerced and repeated keys. */
  diagnostics: Diagnostic[]
  /** First error, `line N: what`, the line counted in the file (the opening --- is line 1); null when there is none. */
  error: string | null
}

/** Plain scalars of these kinds stay text: JSON has no dates, sets or bytes. */
const droppedTags = ['timestamp', 'binary', 'set', 'omap', 'pairs'].map((tag) => `tag:yaml.org,2002:${tag}`)

/**
 * What the reader of the original, PyYAML, takes for booleans and floats. The YAML 1.1 paper, which the package
 * follows, also has `y` and `n` for booleans, and `1e3`, `.` and `e5` for floats.
 */
const narrowed = {
  true: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/,
  false: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  exponent: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)[eE][-+][0-9]+$/,
  fraction: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/,
}

function customTags(tags: Tags): Tags {
  return tags.flatMap((tag): Tags => {
    if (typeof tag === 'string') return [tag]
    if (droppedTags.includes(tag.tag)) return []
    const test = narrowedTest(tag)
    return [test ? ({ ...tag, test } as ScalarTag) : tag]
  })
}

function narrowedTest(tag: CollectionTag | ScalarTag): RegExp | null {
  if (tag.tag.endsWith(':bool')) return tag.identify?.(true) ? narrowed.true : narrowed.false
  if (!tag.tag.endsWith(':float') || !('test' in tag) || tag.test?.test('.inf')) return null
  if (tag.test?.test('1:30.5')) return null
  return 'format' in tag && tag.format === 'EXP' ? narrowed.exponent : narrowed.fraction
}

/** The result of a block that is not YAML. */
export const failedYaml = (error: string): YamlResult => ({
  data: {},
  isMapping: false,
  diagnostics: [],
  error,
})

/** Parses one block. `textKeys`: top-level keys whose numbers and booleans are taken as written. */
export function readYaml(block: string, textKeys: ReadonlySet<string>): YamlResult {
  try {
    const { parseDocument, isMap } = loadYaml()
    const doc = parseDocument(block, {
      version: '1.1',
      customTags,
      uniqueKeys: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    })
    const problem = doc.errors[0]
    if (problem) return failedYaml(`line ${lineOf(block, problem.pos[0])}: ${problem.message}`)
    const value = jsonSafe(doc.toJS(), block)
    if (!isMap(doc.contents) || value === null || typeof value !== 'object') {
      const diagnostics = [
        value == null ? diagnose('frontmatter.empty') : diagnose('frontmatter.not_mapping', kindOf(value)),
      ]
      return { data: {}, isMapping: false, diagnostics, error: null }
    }
    const data = value as Record<string, unknown>
    return { data, isMapping: true, diagnostics: keepText(doc.contents.items, data, textKeys), error: null }
  } catch (error) {
    // An unresolved or exploding alias, a misplaced merge key, nesting beyond the stack: bad input, not a bug.
    return failedYaml(error instanceof Error ? error.message : String(error))
  }
}

/** Only an explicit tag such as `!!set` can still give a value that JSON cannot hold. */
const jsonSafe = (value: unknown, block: string): unknown =>
  block.includes('!!') ? JSON.parse(JSON.stringify(value ?? null)) : value

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'a list' : `a ${typeof value}`)

/** Line of the file; the block's first line is its second. */
const lineOf = (block: string, position: number): number => block.slice(0, position).split('\n').length + 1

/** Puts the source text of numbers and booleans back, and reports repeated keys. */
function keepText(pairs: Pair[], data: Record<string, unknown>, textKeys: ReadonlySet<string>): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const seen = new Set<string>()
  for (const { key, value } of pairs) {
    const name = String(isScalarLike(key) ? key.value : key)
    if (seen.has(name)) diagnostics.push(diagnose('frontmatter.duplicate_key', name))
    seen.add(name)
    if (!textKeys.has(name) || !isScalarLike(value) || value.source === undefined) continue
    if (typeof value.value !== 'number' && typeof value.value !== 'boolean') continue
    data[name] = value.source
    if (name === 'name') diagnostics.push(diagnose('name.coerced', value.source))
    if (name === 'description') diagnostics.push(diagnose('description.coerced', value.source))
  }
  return diagnostics
}

const isScalarLike = (node: unknown): node is Scalar =>
  typeof node === 'object' && node !== null && 'value' in node && 'source' in node
