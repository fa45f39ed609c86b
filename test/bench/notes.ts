/**
 * What was found out about goals that are missed: where the time goes and what was tried. Written by hand, by line id;
 * the report repeats a note as long as its goal is missed.
 */
export const notes: Readonly<Record<string, string>> = {}
