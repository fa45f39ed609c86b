/** What openskills keeps beside SKILL.md: where that copy came from, which is true of no other. */
export const openskillsFile = '.openskills.json'

/**
 * Names of files and folders that use leaves behind, or that belong to a repository or another manager: no copy of an artifact has them, at any
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
  openskillsFile,
])

export const isLeftOut = (name: string): boolean => leftOut.has(name) || /\.(?:pyc|pyo|egg-info)$/.test(name)
