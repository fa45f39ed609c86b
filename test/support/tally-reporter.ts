import type { Reporter, TestModule } from 'vitest/node'

/** Ends the output with one line for machines: `N passed, N failed`. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    )
    const passed = states.filter((state) => state === 'passed').length
    const failedTests = states.filter((state) => state === 'failed').length
    // A file that does not load, or an error outside of any test, fails the run as well.
    const failedFiles = modules.filter((module) => module.errors().length > 0).length
    process.stdout.write(`${passed} passed, ${failedTests + failedFiles + unhandled.length} failed\n`)
  }
}
