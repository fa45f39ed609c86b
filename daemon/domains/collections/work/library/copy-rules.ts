/** Names of files and folders that no copy of an artifact has, at any depth (formats spec section 7). */
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
