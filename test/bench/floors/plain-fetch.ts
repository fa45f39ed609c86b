/**
 * The plain way to ask: every address once, four at a time, the answers parsed and thrown away.
 *
 * `node plain-fetch.ts '{"urls":[…],"token":"…"}'` prints the time it took, ms; starting Node does not count.
 */
export type PlainFetchJob = { urls: readonly string[]; token: string }
export type PlainFetchAnswer = { ms: number; bytes: number }

const { urls, token } = JSON.parse(process.argv[2] as string) as PlainFetchJob
const left = urls.values()
let bytes = 0
const start = performance.now()
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (const url of left) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      const text = await response.text()
      if (!response.ok) throw new Error(`${url}: ${response.status}`)
      JSON.parse(text)
      bytes += text.length
    }
  }),
)
const answer: PlainFetchAnswer = { ms: performance.now() - start, bytes }
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
