const quickVerb =
  'Of what is left over the bare script, two thirds are finding, compiling and running a second file (27 kB: the launcher has to be readable by any Node), the rest a look at who owns the socket, reading arguments and ISO times. Tried: one file less, no compile cache for this file (it costs more than it saves), compiling it without resolving it (no gain), paths put together without normalising, greeting and call in one write, streams and modules opened only when used. Next: the table of errors loaded when there is one.'

const singleRead =
  'A read takes the daemon about 10 us of SQL and 3 us of dispatch; the rest is what Node needs for a message in and one out, on both sides, beside what the echo needs. Three quarters of what it took before were SQLite planning the statement anew for each value (see query-builder.ts). Tried: items from plain columns with units and projects from memory, one turn for what is answered at once. Next: fewer promises for each request.'

const daemonMemory =
  'What a scan needs is in another process, which ends. The daemon itself has 67 MB when it serves; after some hundred lists and searches its heap and the code that was compiled for them add 20 MB. Tried: no code of scans in the daemon, small young generations, early garbage collection, small SQLite caches, two malloc arenas with a trim threshold, schemas built on demand, lists encoded row by row outside of the heap. Next: a garbage collection when idle.'

const busyMachine =
  'Two processors: while a scan runs, its process and the client that measures share them with the daemon. The scan runs at low priority.'

const fullScan =
  'The writer is the longer part: an artifact takes 60 to 100 us, a third of it commits. Tried: several units in one transaction, one description for all copies, merging the search index once at the end, fewer indexes. The scanner alone takes 1.1 (synthetic tree) to 1.5 times (real files, with configuration and provenance) of walking, reading and hashing.'

const searchTail =
  'The tail is garbage collection and the processor shared with whoever else runs here; in one process direct calls stay at 0.9 (typical) and 1.6 ms (common) p99 at 10,000 artifacts. Tried: replies encoded row by row outside of the heap. The machine was slower as in the run before, LIKE over all rows by 1.44x. Next: hits of a page read by one statement.'

const start =
  'Taken while a bare Node needed 48 ms instead of 30. In one run beside the build that had 2.69x then, this one is 9 % quicker. Tried: no code of scans, and child_process, worker_threads, crypto and v8 loaded only when needed (20 ms together). Next: pino (4 ms), the look at every folder above ours.'

const oneChange =
  'Beyond the 20 ms of settling, the whole project is looked at again: with everything compiled 3.3 to 5 ms for a hundred artifacts, two thirds of it readdir and stat; the commit takes 1 ms. Next: tell the scanner which folders changed.'

const unchangedRefresh =
  'Starting and ending the writer process takes about a tenth of it, the rest is looking for projects and looking at every file in code that is not compiled yet. Next: leave out what is watched and was not told of.'

/**
 * What was found out about goals that are missed: where the time goes and what was tried. Written by hand, by line id;
 * the report repeats a note as long as its goal is missed.
 */
const firstRows =
  'Of the time until the first rows (350 ms, the trivial page 72 ms) the file of every view is read and run in about 50 ms, the first answer is on its way for 35 ms, view and rows are made and laid out in 60 ms, and painting with the two frames that are waited for takes 90 ms. Tried: asking from a file of its own before everything else (later rows, the same first paint). Next: the first answer within the page, fewer elements in a row.'
const firstPaint =
  'What index.html shows needs the styles, and the browser runs the scripts that came meanwhile before it paints. Tried: waiting for a frame before anything is run, which delayed the rows and gained nothing here.'

export const notes: Readonly<Record<string, string>> = {
  'cli.list': quickVerb,
  'cli.search': quickVerb,
  'cli.show': quickVerb,
  'cli.status': quickVerb,
  'cli.doctor':
    'The pages of cache.db are checked by the daemon now; most of what is left is loading SQLite, which a doctor should do, and node:crypto.',
  'cli.memory':
    'The goal was set on Node 20, where the bare script needed 41 MiB; on Node 24 the bare script alone needs 46 MiB, more than the whole goal. Beside it, smd adds about as much as it was allowed to then (1.07x).',
  'socket.point-same': singleRead,
  'socket.point-other': singleRead,
  'socket.point-same-p99': singleRead,
  'socket.point-other-p99': singleRead,
  'socket.list-p99': busyMachine,
  'socket.list-busy-p99': busyMachine,
  'socket.write':
    'A write goes to the writer process and back, two messages between processes; in return no write ever stops an answer.',
  'socket.table-block':
    'The other client is in the process that takes the 1.3 MB, so its own reading counts, too. With a process for each the median is 4 ms.',
  'start.daemon': start,
  'start.list': start,
  'socket.list':
    'The floor is the same query with objects and JSON in one process and the bare transport; beside it a list is encoded row by row, which costs a tenth and keeps large texts off the heap.',
  'socket.table':
    'SQLite joins the rows of a part into one text now. What is left is its JSON functions and joins; the floor, the same SQL and JSON without smd, takes the larger part of it.',
  'socket.block-busy': busyMachine,
  ...Object.fromEntries(
    ['typical', 'rare', 'common', 'beginning', 'misspelt'].flatMap((kind) =>
      [100, 1_000].map((projects) => [`search.${kind}-${projects}-p99`, searchTail]),
    ),
  ),
  'scan.one-100': fullScan,
  'scan.two-100': fullScan,
  'scan.one-1000': fullScan,
  'scan.two-1000': fullScan,
  'scan.again-100':
    'Beside walking and lstat, a rescan starts its process and threads, looks for projects (40 ms), reads the known fingerprints of each unit and looks at the files that configure it; the scanner alone stays at 1.2 times the floor.',
  'scan.again-cpu-100':
    'Starting, compiling and ending a process and its threads is the larger part of it; it does not grow with the number of projects.',
  'scan.again-1000':
    'Beside walking and lstat, a rescan looks for projects, reads the known fingerprints of each unit and looks at the files that configure it; the scanner alone stays at 1.2 times the floor.',
  'fresh.change': oneChange,
  'fresh.change-p99': oneChange,
  'fresh.start':
    'Watches are set in slices of 8 ms between answers, while the writer process and its scanners read the same folders on the same two processors.',
  'fresh.memory':
    'A watch of Node takes a kilobyte, half of it on the heap. After the start 20 MB of heap are in use (10 MB without watches), and 4 MB more are garbage that nobody collects while nothing happens; collected by hand, the process has 6 MB less. Tried: one function for all watches in place of listeners (20,841 folders took 30 MB, now 22 MB). Next: a garbage collection when idle.',
  'fresh.idle':
    'Folders above a watched one are watched, too: where others work in one of them, as in /tmp, each file they make wakes the daemon for 0.1 to 0.2 ms.',
  'fresh.refresh-cpu': unchangedRefresh,
  'fresh.refresh-share': unchangedRefresh,
  'fresh.list-p99': busyMachine,
  'memory.empty': daemonMemory,
  'memory.filled': daemonMemory,
  'memory.scan': daemonMemory,
  'memory.idle':
    'Measured before the daemon stopped to take its own greeting, once a minute, for work that has to be watched. Since then 8.7 ms in 70 s were counted by hand, 0.012 %.',
  ...Object.fromEntries(
    ['projects', 'artifacts'].flatMap((page) =>
      [1_000, 10_000].flatMap((rows) => [
        [`web.paint-${page}-${rows}`, firstPaint],
        [`web.rows-${page}-${rows}`, firstRows],
      ]),
    ),
  ),
  'web.script-first':
    'Counted on the build of today, as the next line; the other lines of this table are older. The projects take 24.7 kB, the artifacts 29.1 kB, collections 57 kB.',
  'web.script-all':
    'The views of collections, groups, tags, sync, history and analytics came after the goal was set; each view loads its own part when it is opened. The largest parts are collections (26 kB), charts and markdown.',
  'web.typing-10000':
    'A key changes the address, which draws the view, then the answer draws the rows. Not looked into yet: fewer drawings for a key.',
  'deploy.all':
    'In the process the states of all take 12 to 26 ms; the rest is making 10,000 rows into text, and reading them at the other end. Lists ask for 200 or 5,000 at a time.',
  'search.contents-100-p99': searchTail,
  'web.edit':
    'The daemon tells of a save after 30 to 40 ms on this machine; then rows, counts, facets and status are asked for at once, on two processors that browser, daemon and writer share. Next: the rows first, the others when nothing happens any more.',
}
