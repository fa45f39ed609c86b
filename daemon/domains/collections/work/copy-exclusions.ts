/** Names that are not copied with an artifact (formats spec section 7). */
const names = new Set([
  '.git',
  '.github',
  '.gitignore',
  '__pycache__',
  'node_modules',
  '.venv',
  'venv',
  '.DS_Store',
  'Thumbs.db',
])
const suffixes = ['.pyc', '.pyo', '.egg-info']

/** Whether a file or folder of this name stays behind, at any depth. */
export const isNotCopied = (name: string): boolean =>
  names.has(name) || suffixes.some((suffix) => name.endsWith(suffix))
