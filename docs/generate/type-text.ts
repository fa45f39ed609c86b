/** JSON Schema, as zod writes it, in the notation of TypeScript. */

export type SchemaNode = {
  type?: string | string[]
  properties?: Record<string, SchemaNode>
  required?: string[]
  items?: SchemaNode
  anyOf?: SchemaNode[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  additionalProperties?: boolean | SchemaNode
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
}

type Options = {
  /** Closed sets of words that have a name. */
  words: Record<string, readonly string[]>
  /** What members mean; each is told at its first place and taken out. */
  comments: Map<string, string>
  /** Indentation of the line the text stands on; null for everything on one line. */
  indent: string | null
}

export function typeText(schema: SchemaNode, options: Options): string {
  if (schema.enum) return enumText(schema.enum, options.words)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return eventText(schema.anyOf, options) ?? unionText(schema.anyOf, options)
  if (Array.isArray(schema.type)) return schema.type.map(simple).join(' | ')
  if (schema.type === 'array') return arrayText(typeText(schema.items ?? {}, options))
  if (schema.type === 'object') return objectText(schema, options)
  return schema.type === undefined ? 'unknown' : simple(schema.type)
}

function objectText(
  { properties, required = [], additionalProperties }: SchemaNode,
  options: Options,
): string {
  if (!properties || Object.keys(properties).length === 0) {
    const values =
      typeof additionalProperties === 'object' ? typeText(additionalProperties, options) : 'unknown'
    return additionalProperties === false ? '{}' : `Record<string, ${values}>`
  }
  const { comments, indent } = options
  const member = (key: string): string => (required.includes(key) ? key : `${key}?`)
  const entries = Object.entries(properties)
  if (indent === null)
    return `{ ${entries.map(([key, value]) => `${member(key)}: ${typeText(value, options)}`).join(', ')} }`
  const inner = `${indent}  `
  const lines = entries.flatMap(([key, value]) => {
    const meaning = comments.get(key)
    comments.delete(key)
    const line = `${inner}${member(key)}: ${typeText(value, { ...options, indent: inner })}`
    return meaning === undefined ? [line] : [`${inner}/** ${meaning} */`, line]
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

const unionText = (parts: readonly SchemaNode[], options: Options): string =>
  parts.map((part) => typeText(part, options)).join(' | ')

/** One event of many topics: what all have in common, and the name of the rest, which has a table of its own. */
function eventText(parts: readonly SchemaNode[], options: Options): string | null {
  const [first] = parts
  if (!first || !parts.every(({ properties }) => properties?.topic?.const && properties.data)) return null
  const { topic: _, data: __, ...properties } = first.properties ?? {}
  return `Event & ${objectText({ ...first, properties }, { ...options, indent: null })}`
}

function enumText(values: readonly unknown[], words: Options['words']): string {
  const name = Object.entries(words).find(
    ([, known]) => JSON.stringify(known) === JSON.stringify(values),
  )?.[0]
  return name ?? values.map((value) => `'${value}'`).join(' | ')
}

const arrayText = (item: string): string => (/ [|&] /.test(item) ? `Array<${item}>` : `${item}[]`)

const simple = (type: string): string => type
