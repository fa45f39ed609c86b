/** Whether this Node can run smd. */
import { type Finding, fault, type Machine, ok } from './finding.ts'

const NEEDED = [22, 14] as const

export async function checkNode(machine: Machine): Promise<Finding[]> {
  return [nodeVersion(machine), await nativeModule(machine)]
}

function nodeVersion({ nodeVersion }: Machine): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const adequate = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
  if (adequate) return ok('node', `Node ${nodeVersion}`)
  return fault(
    'node',
    `Node ${nodeVersion} is too old; smd needs ${NEEDED.join('.')} or newer.`,
    'Install a current Node: https://nodejs.org',
  )
}

/** The binary is made for one platform and a range of Node versions; a copied or half-installed one does not load. */
async function nativeModule({ loadSqlite, nodeVersion }: Machine): Promise<Finding> {
  try {
    await loadSqlite()
    return ok('sqlite', 'The SQLite module loads')
  } catch (error) {
    return fault(
      'sqlite',
      `The SQLite module does not load with Node ${nodeVersion} (ABI ${process.versions.modules}): ${firstLine(error)}`,
      'Install smd again with this Node: npm install -g smd (in a clone: npm install)',
    )
  }
}

const firstLine = (error: unknown): string => String((error as Error)?.message ?? error).split('\n')[0] ?? ''
