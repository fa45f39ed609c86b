/** The line by which smd knows a file of a service as its own, and what that file runs. */

/** Goes into a comment; `-` is written as an escape, because XML allows no two of them in a comment. */
export function marker(node: string, entry: string): string {
  const runs = JSON.stringify([node, entry]).replace(
    /[-<>]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `Written by "smd service install", which replaces it. Runs ${runs}`
}

/** The Node and the daemon that a file of ours runs; null when it is not ours. */
export function readMarker(content: string): { node: string; entry: string } | null {
  const runs = /Written by "smd service install", which replaces it\. Runs (\[".*"\])/.exec(content)?.[1]
  if (runs === undefined) return null
  const [node, entry] = JSON.parse(runs) as [string, string]
  return { node, entry }
}
