/** How the daemon's process is kept small; apart from starting it, so that benchmarks start it the same way. */

/**
 * Little room for new objects: replies are texts of 40 to 80 kB, and with the default V8 lets them pile up to 25 MB
 * before it looks for garbage.
 */
export const daemonFlags = ['--max-semi-space-size=2']

/**
 * Makes the C library give memory back after a scan instead of keeping it for each thread that ever ran; worth 10 MB.
 * (glibc; other C libraries ignore it.)
 */
export const daemonMemory = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '4194304' }
