import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `fast` runs in `npm run check`; `journeys` start real processes and run in `npm test` only. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    pool: 'forks',
    globalSetup: './test/support/untouched-machine.ts',
    // So that processes and threads that tests start need not compile everything again.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'smd-test-compile-cache') },
    // Never what a test is about: many run at the same time, on machines that may be busy.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // As long as a test may take: what is polled for comes, or the test has failed.
    expect: { poll: { timeout: 60_000 } },
    // `npm run coverage`; what real processes and Chromium run beside comes on top of it.
    coverage: {
      include: ['daemon/**', 'client-cli/**', 'protocol/**', 'web/src/**'],
      exclude: ['**/*.css'],
      reportOnFailure: true,
      reporter: ['text-summary', 'html'],
      thresholds: {
        lines: 80,
        'daemon/domains/cache/*-repo.ts': { lines: 80, branches: 80 },
        'client-cli/commands/cache/**': { lines: 80, branches: 80 },
        'web/src/**': { lines: 80, branches: 80 },
      },
    },
    reporters: ['default', './test/support/tally-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/journeys/**', 'test/reliability/**', 'test/bench/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/{journeys,reliability}/**/*.test.ts'],
          testTimeout: 120_000,
          // Building a home and starting a daemon takes long where many others run.
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
