const quickVerb =
  'Of the 4 to 6 ms over the bare script about 2 are loading and running a second file (24 kB), 1 is connecting through the typed client, the rest reading arguments, ISO times and ending. Tried: no compile cache for this file (it costs more than it saves), greeting and call in one write, stdin and stderr opened only when used, no Intl, node:os and node:module only where needed.'

const singleRead =
  'Joining a row with its unit, project and description costs SQLite about 30 us, building the JSON 15 us more; a row of one table takes 7 us. Tried: statements compiled once, one statement for everything (from 125 to 16 us of SQL in isolation), no functions for empty columns. Next: keep paths of units and projects in memory, so that one table is left.'

const threads =
  'A daemon that has not scanned yet has 67 MB; ended threads leave their pages in the process. Tried: one scanner below 300 folders, small young generations, early garbage collection (--heap-growing-percent), small SQLite caches, two malloc arenas with a trim threshold, schemas built on demand: together from 193 to about 140 MB at the height of a scan and from 104 to about 90 MB afterwards. The filled figure is taken after 300 lists and searches, whose replies leave garbage that V8 keeps while nobody asks for memory. Next: scan in a child process, which gives everything back when it ends, and collect garbage when idle.'

const busyMachine =
  'Two processors: while a scan runs, its threads and the client that measures share them with the thread that answers. Scanner and writer run at low priority.'

const fullScan =
  'The writer is the longer part: an artifact takes 60 to 100 us, a third of it commits. Tried: several units in one transaction, one description for all copies, merging the search index once at the end, fewer indexes. The scanner alone takes 1.1 (synthetic tree) to 1.5 times (real files, with configuration and provenance) of walking, reading and hashing.'

const searchTail =
  'Direct calls in one process stay at 0.9 (typical) and 1.6 ms (common) p99 at 10,000 artifacts. Over the socket the tail is garbage collection: replies of 50 items are 40 kB of text, and --trace-gc shows scavenges of 1 to 6 ms about every hundred calls. Tried: replies built by SQLite as text, never as objects. Next: replies as bytes outside of the heap.'

/**
 * What was found out about goals that are missed: where the time goes and what was tried. Written by hand, by line id;
 * the report repeats a note as long as its goal is missed.
 */
export const notes: Readonly<Record<string, string>> = {
  'cli.list': quickVerb,
  'cli.search': quickVerb,
  'cli.show': quickVerb,
  'cli.status': quickVerb,
  'cli.doctor':
    'Most of it is checking every page of cache.db (quick_check), which is what one asks a doctor for; loading SQLite is the next part.',
  'cli.memory':
    'The goal was set on Node 20, where the bare script needed 41 MiB; on Node 24 the bare script alone needs 46 MiB, more than the whole goal. Beside it, smd adds about as much as it was allowed to then (1.07x).',
  'socket.point-same': singleRead,
  'socket.point-other': singleRead,
  'socket.point-same-p99': singleRead,
  'socket.point-other-p99': singleRead,
  'socket.list-p99': busyMachine,
  'socket.list-busy': busyMachine,
  'socket.write':
    'A write goes to the writer thread and back, two messages between threads; in return no write ever stops an answer.',
  'socket.table':
    'The floor, the same SQL and JSON without smd, takes 34 ms here, so the 22 ms are out of reach of this statement; group_concat in SQLite halves the part that is not SQL (13 instead of 25 ms tried outside of the product). Next: one text per part from SQLite.',
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
    'Beside walking and lstat, a rescan starts its threads, looks for projects (40 ms), reads the known fingerprints of each unit and looks at the files that configure it; the scanner alone stays at 1.2 times the floor.',
  'scan.again-1000':
    'Beside walking and lstat, a rescan looks for projects, reads the known fingerprints of each unit and looks at the files that configure it; the scanner alone stays at 1.2 times the floor.',
  'memory.empty': threads,
  'memory.filled': threads,
  'memory.scan': threads,
}
