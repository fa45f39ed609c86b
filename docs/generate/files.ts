import { openApiDocument } from '../../protocol/openapi.ts'
import { openRpcDocument } from '../../protocol/openrpc.ts'
import { cliPage } from './cli.ts'
import { configPage } from './config.ts'
import { errorsPage } from './errors.ts'
import { methodsPage } from './methods.ts'
import { restPage } from './rest.ts'

/** Every generated file of docs/reference, by name. */
export function referenceFiles(): Record<string, string> {
  return {
    'methods.md': methodsPage(),
    'errors.md': errorsPage(),
    'cli.md': cliPage(),
    'config.md': configPage(),
    'rest.md': restPage(),
    'openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
    'openrpc.json': `${JSON.stringify(openRpcDocument(), null, 2)}\n`,
  }
}
