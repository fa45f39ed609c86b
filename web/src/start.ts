/**
 * The first code of the page: lets the browser paint what index.html shows before the page itself runs, which is loaded
 * meanwhile.
 */
import { afterPaint } from './lib/after-paint.ts'

const isPainted = performance.getEntriesByType('paint').length > 0
void (isPainted ? Promise.resolve() : afterPaint()).then(async () => (await import('./main.tsx')).start())
