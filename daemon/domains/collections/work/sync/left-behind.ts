/** Files that use leaves behind, which are never copied from one place to another (formats spec section 7). */
import { isLeftOut } from '../../../cache/scan/index.ts'

/** Whether a path, `/`-separated, lies in what stays where it is. */
export const liesLeftBehind = (path: string): boolean => path.split('/').some(isLeftOut)
