/** How the daemon's process is kept small; apart from starting it, so that benchmarks start it the same way. */

/**
 * Little room for new objects, and a look for garbage before the heap has grown by more than a third: with the defaults
 * V8 lets 25 MB pile up. Memory counts more here than a tenth of a millisecond.
 */
export const daemonFlags = ['--max-semi-space-size=2', '--heap-growing-percent=30']

/**
 * Makes the C library give memory back after a scan instead of keeping it for each thread that ever ran; worth 10 MB.
 * (glibc; other C libraries ignore it.)
 */
export const daemonMemory = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '4194304' }
