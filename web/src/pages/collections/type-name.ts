import { typeNames } from '../../lib/words.ts'

/** Manifests may hold types that nothing else knows, such as composites. */
export const typeName = (type: string): string =>
  (typeNames as Record<string, string>)[type] ?? type.charAt(0).toUpperCase() + type.slice(1)
