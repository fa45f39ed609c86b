/** The built smd with its page, in a home made from the corpus. */
import { connect } from '../../../client-cli/connect.ts'
import type { Call } from '../../../protocol/client.ts'
import { createDemoBox, type DemoBox, type DemoBoxOptions } from '../demo-box.ts'
import type { PageServer } from './pages.ts'

export type WebBox = DemoBox &
  PageServer & {
    /** One call over the daemon's socket. */
    call: Call
    /** Where the page is now, without a path, e.g. `http://127.0.0.1:41235`. */
    origin(): Promise<string>
    /** Starts the daemon and waits until it has read and watches everything. */
    start(): Promise<void>
  }

/** Builds the home; `start` starts the daemon, on any port that is free. `npm run build` comes first. */
export function createWebBox({ env = {}, ...options }: DemoBoxOptions = {}): WebBox {
  const box = createDemoBox({ ...options, env: { SMD_WEB_ENABLED: 'true', SMD_WEB_PORT: '0', ...env } })
  const call: Call = async (...request) => {
    const connection = connect(box.paths.socket, undefined)
    try {
      return await connection.call(...request)
    } finally {
      connection.close()
    }
  }
  return {
    ...box,
    call,
    link: async (path) => (await call('web.link', { path })).url,
    async origin() {
      const { url, problem } = await call('web.status', {})
      if (url === null) throw new Error(`the page is not served: ${problem}`)
      return new URL(url).origin
    },
    async start() {
      const { code, stderr } = await box.smd('start')
      if (code !== 0) throw new Error(`smd start failed: ${stderr}`)
      await call('cache.refresh', {})
      await call('cache.sync', {})
    },
  }
}
