import { describe, expect, it } from 'vitest'
import { openRpcDocument } from '../../protocol/openrpc.ts'
import { eventTopics } from '../../protocol/vocabulary.ts'

/**
 * The meta-schema of OpenRPC 1.3 (https://spec.open-rpc.org) for the parts smd uses: which members an object may and
 * must have. Members called `x-…` are free everywhere.
 */
const shapes = {
  document: { must: ['openrpc', 'info', 'methods'], may: ['servers', 'components', 'externalDocs'] },
  info: { must: ['title', 'version'], may: ['description', 'termsOfService', 'contact', 'license'] },
  license: { must: [], may: ['name', 'url'] },
  method: {
    must: ['name', 'params'],
    may: [
      'summary',
      'description',
      'tags',
      'externalDocs',
      'result',
      'deprecated',
      'servers',
      'errors',
      'links',
    ].concat(['paramStructure', 'examples']),
  },
  contentDescriptor: { must: ['name', 'schema'], may: ['summary', 'description', 'required', 'deprecated'] },
  error: { must: ['code', 'message'], may: ['data'] },
}

function expectShape(name: keyof typeof shapes, value: object, where: string): void {
  const { must, may } = shapes[name]
  const members = Object.keys(value).filter((member) => !member.startsWith('x-'))
  expect(members, `${where} has what ${name} needs`).toEqual(expect.arrayContaining(must))
  expect(
    members.filter((member) => ![...must, ...may].includes(member)),
    `${where} is a ${name}`,
  ).toEqual([])
}

const keywords = new Set(
  `type properties required items anyOf enum const default additionalProperties propertyNames minimum maximum
  exclusiveMinimum minLength maxLength pattern minItems maxItems format description readOnly`.split(/\s+/),
)

/** Only keywords of JSON Schema whose meaning every draft shares. */
function expectSchema(schema: unknown, where: string): void {
  if (typeof schema === 'boolean') return
  expect(schema, where).toBeTypeOf('object')
  const node = schema as Record<string, unknown>
  expect(
    Object.keys(node).filter((keyword) => !keywords.has(keyword)),
    where,
  ).toEqual([])
  for (const [key, child] of Object.entries((node.properties ?? {}) as object))
    expectSchema(child, `${where}.${key}`)
  for (const part of (node.anyOf ?? []) as unknown[]) expectSchema(part, `${where}|`)
  for (const part of [node.items, node.additionalProperties, node.propertyNames])
    if (part !== undefined) expectSchema(part, `${where}[]`)
  if (node.required !== undefined)
    expect(Object.keys(node.properties as object)).toEqual(expect.arrayContaining(node.required as string[]))
}

describe('the OpenRPC document', () => {
  const document = openRpcDocument()

  it('has the members OpenRPC 1.3 asks for, and no others', () => {
    expectShape('document', document, 'the document')
    expect(document.openrpc).toMatch(/^1\.3\.\d+$/)
    expectShape('info', document.info, 'info')
    expectShape('license', document.info.license, 'license')
  })

  it.each(document['x-notifications'])('$name has parameters and a sentence', ({ name, summary, params }) => {
    expectSchema(params, name)
    expect(summary, name).toMatch(/^[A-Z].*\.$/)
  })

  it('has every topic, by its name and its data', () => {
    const event = document['x-notifications'].find(({ name }) => name === 'events.event')
    const told = ((event?.params.anyOf ?? []) as Array<{ properties: { topic: { const: string } } }>).map(
      ({ properties }) => properties.topic.const,
    )
    expect(document['x-topics'].map(({ name }) => name)).toEqual(told)
    expect(told).toEqual([...eventTopics])
  })

  it('names every method once', () => {
    const names = document.methods.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(document.methods)('$name is a method object', (method) => {
    expectShape('method', method, method.name)
    expect(['by-name', 'by-position', 'either']).toContain(method.paramStructure)
    const names = method.params.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const param of method.params) {
      expectShape('contentDescriptor', param, `${method.name} ${param.name}`)
      expect(param.required).toBeTypeOf('boolean')
      expectSchema(param.schema, `${method.name} ${param.name}`)
    }
    expectShape('contentDescriptor', method.result, method.name)
    expectSchema(method.result.schema, `${method.name} result`)
    for (const error of method.errors) {
      expectShape('error', error, method.name)
      expect(Number.isInteger(error.code)).toBe(true)
    }
  })
})
