/** Folders no agent looks into. */
export const skippedFolders: ReadonlySet<string> = new Set([
  '.git',
  'node_modules',
  '__pycache__',
  '.venv',
  'venv',
])
