import { describe, expect, it } from 'vitest'
import { methods } from '../../protocol/methods.ts'
import { read, repoFiles } from './sources.ts'

const files = repoFiles()
const docBlock = /^\/\*\*\n \* \S[\s\S]*?\*\//

describe('the domains', () => {
  const domains = [...new Set(files.flatMap((file) => /^daemon\/domains\/([^/]+)\//.exec(file)?.[1] ?? []))]

  it.each(domains)('%s opens with a doc block that says what it owns', (domain) => {
    expect(read(`daemon/domains/${domain}/index.ts`)).toMatch(docBlock)
  })

  it('have a file of the protocol for every group of methods', () => {
    const served = domains
      .map((domain) => docBlock.exec(read(`daemon/domains/${domain}/index.ts`))?.[0] ?? '')
      .join()
    const contracts = files.filter((file) => /^protocol\/domains\/\w+\.ts$/.test(file))
    for (const file of contracts) {
      const name = /(\w+)\.ts$/.exec(file)?.[1] ?? ''
      expect(read(file), file).toMatch(/^\/\*\*/)
      expect(served, `${file} is named by the domain that serves it`).toMatch(new RegExp(`\\b${name}\\b`))
    }
    expect(Object.keys(methods).length).toBeGreaterThan(0)
  })
})
