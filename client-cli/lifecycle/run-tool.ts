import { execFile } from 'node:child_process'

/** How a tool of the system ended; `code` is null where there is no such tool. */
export type ToolResult = { code: number | null; stdout: string; stderr: string }

/** Runs a tool of the system to its end, without a shell. */
export type RunTool = (file: string, args: readonly string[]) => Promise<ToolResult>

/** Longer than a daemon may take to end. */
const PATIENCE_MS = 60_000

/** Tools speak English to us, whatever the user's language, because their answers are read. */
export function createToolRunner(env: NodeJS.ProcessEnv): RunTool {
  const options = { env: { ...env, LC_ALL: 'C' }, cwd: '/', timeout: PATIENCE_MS, windowsHide: true }
  return (file, args) =>
    new Promise((resolve, reject) => {
      execFile(file, args, options, (error, stdout, stderr) => {
        const code = error ? error.code : 0
        if (code === 'ENOENT') resolve({ code: null, stdout, stderr })
        else if (typeof code === 'number') resolve({ code, stdout, stderr })
        else reject(error)
      })
    })
}
