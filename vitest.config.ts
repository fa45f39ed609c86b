import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `fast` runs in `npm run check`; `journeys` start real processes and run in `npm test` only. */
export default defineConfig({
  test: {
    pool: 'forks',
    // So that processes and threads that tests start need not compile everything again.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'smd-test-compile-cache') },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/support/tally-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/journeys/**', 'test/bench/**'],
        },
      },
      {
        extends: true,
        test: { name: 'journeys', include: ['test/journeys/**/*.test.ts'], testTimeout: 120_000 },
      },
    ],
  },
})
