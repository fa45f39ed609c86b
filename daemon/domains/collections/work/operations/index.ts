/**
 * Changes of several files and folders that are made wholly or not at all, project by project, and can be taken back
 * (promise D6). `change-places.ts` is where to begin.
 */
export { changePlaces, type OperationResult, type OperationTools } from './change-places.ts'
export { contentAt, contentOf, isSame, markOf } from './content.ts'
export { type FileCalls, systemCalls, unlessAbsent } from './file-calls.ts'
export { listOperations, readOperation, standingOperations } from './operation-files.ts'
export { recoverOperations } from './recover.ts'
export { objectsOf, operationTools } from './tools.ts'
export type {
  Content,
  KeptProject,
  Operation,
  OperationKind,
  OperationRequest,
  Outcome,
  PlaceChange,
  Problem,
  ProjectChange,
  TextChange,
} from './types.ts'
