/** Files that use leaves behind, which are never copied from one place to another (formats spec section 7). */
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

/** Whether a file or folder of this name stays where it is. */
export const isLeftBehind = (name: string): boolean => names.has(name) || /\.(?:pyc|pyo|egg-info)$/.test(name)

/** The same of a path, `/`-separated. */
export const liesLeftBehind = (path: string): boolean => path.split('/').some(isLeftBehind)
