/**
 * Where a change stands among equal lines. Of `a b a b c` without one `a b`, either could be gone; git takes the last
 * place, unless the other side has a change that can stand beside it.
 */

/** A run of changed lines between two unchanged ones; mostly empty. */
type Group = { start: number; end: number }

/**
 * Moves the changes of one text. Both texts have the same unchanged lines, and so as many groups: `other` walks along,
 * and passes one of them whenever a group passes a line.
 */
export function slideChanges(lines: Int32Array, changed: Uint8Array, otherChanged: Uint8Array): void {
  const group = firstGroup(changed)
  const other = firstGroup(otherChanged)
  do {
    if (group.end > group.start) settle()
    toNext(other, otherChanged)
  } while (toNext(group, changed))

  function settle(): void {
    let size: number
    let first: number
    let besideOther: boolean
    do {
      // Other changes that it meets on its way become a part of it, which may let it go further.
      size = group.end - group.start
      while (up(group, lines, changed)) toPrevious(other, otherChanged)
      first = group.end
      besideOther = other.end > other.start
      while (down(group, lines, changed)) {
        toNext(other, otherChanged)
        besideOther ||= other.end > other.start
      }
    } while (size !== group.end - group.start)
    if (group.end === first || !besideOther) return
    while (other.end === other.start) {
      up(group, lines, changed)
      toPrevious(other, otherChanged)
    }
  }
}

function firstGroup(changed: Uint8Array): Group {
  let end = 0
  while (changed[end]) end++
  return { start: 0, end }
}

function toNext(group: Group, changed: Uint8Array): boolean {
  if (group.end === changed.length) return false
  group.start = group.end + 1
  group.end = group.start
  while (changed[group.end]) group.end++
  return true
}

function toPrevious(group: Group, changed: Uint8Array): void {
  group.end = group.start - 1
  group.start = group.end
  while (changed[group.start - 1]) group.start--
}

/** One line up, if the line above equals its last one. */
function up(group: Group, lines: Int32Array, changed: Uint8Array): boolean {
  if (group.start === 0 || lines[group.start - 1] !== lines[group.end - 1]) return false
  changed[--group.start] = 1
  changed[--group.end] = 0
  while (changed[group.start - 1]) group.start--
  return true
}

function down(group: Group, lines: Int32Array, changed: Uint8Array): boolean {
  if (group.end === lines.length || lines[group.start] !== lines[group.end]) return false
  changed[group.start++] = 0
  changed[group.end++] = 1
  while (changed[group.end]) group.end++
  return true
}
