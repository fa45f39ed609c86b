/**
 * Names of files and folders that use leaves behind, or that belong to a repository: no copy of an artifact has them, at any
 * depth (formats spec section 7). Content hashes are those of copies, so nothing of an artifact depends on them.
 */
const leftOut = new Set([
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

export const isLeftOut = (name: string): boolean => leftOut.has(name) || /\.(?:pyc|pyo|egg-info)$/.test(name)
