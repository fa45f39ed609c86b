/** What artifacts hold: searched, and compared with each other. */
import { z } from 'zod'
import { defineMethod, lazily } from '../method.ts'
import { ArtifactTypeName, ProjectRef, Settled } from '../primitives.ts'
import { Artifact, ArtifactFilter } from './artifacts.ts'

/** One content, told by one of the artifacts that have it. */
const Content = lazily(() =>
  z.object({
    artifact: Artifact(),
    /** How many artifacts have this very content. */
    copies: z.int().positive(),
  }),
)

export const contentMethods = {
  'contents.search': defineMethod({
    summary:
      'Search what the text files of artifacts hold. The first search reads them all; from then on only what is new is read.',
    kind: 'query',
    since: 1,
    params: () =>
      ArtifactFilter().extend({
        /** All words must stand in one file; "quoted ones" in this order. */
        query: z.string().min(1).max(500),
        limit: z.int().min(1).max(200).default(50),
        offset: z.int().min(0).max(10_000).default(0),
        /** With the lines where the words stand, as the files are now. */
        excerpts: z.boolean().default(false),
        settled: Settled,
      }),
    result: () =>
      z.object({
        /** Best first; each content once, however many copies it has. */
        items: z.array(
          Content().extend({
            score: z.number(),
            /** Files that hold the words, best first, at most ten. */
            files: z.array(
              z.object({
                /** Relative to the artifact; of a single file its name. */
                path: z.string(),
                /** First lines with one of the words; empty unless asked for. */
                lines: z.array(z.object({ line: z.int().positive(), text: z.string() })),
              }),
            ),
          }),
        ),
        total: z.int().nonnegative(),
        /** False: there are more, which are not counted. */
        totalIsExact: z.boolean(),
      }),
    errors: ['project.not_found', 'project.ambiguous'],
  }),
  'contents.similar': defineMethod({
    summary: 'Artifacts that hold nearly the same as one of them, by their words.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        /** Name or id. */
        name: z.string().min(1).max(1000),
        type: ArtifactTypeName.optional(),
        project: ProjectRef.optional(),
        limit: z.int().min(1).max(200).default(10),
        /** 0 to 1; what is less alike is left out. */
        min: z.number().min(0).max(1).default(0.3),
      }),
    result: () =>
      z.object({
        artifact: Artifact(),
        /** Other contents, the most alike first. */
        items: z.array(
          Content().extend({
            /** 0 to 1, to about 0.04; 1 only for the same words. */
            likeness: z.number(),
          }),
        ),
      }),
    errors: [
      'artifact.not_found',
      'artifact.ambiguous',
      'artifact.no_text',
      'project.not_found',
      'project.ambiguous',
    ],
  }),
  'contents.duplicates': defineMethod({
    summary: 'Contents that stand under several names, and those that are nearly the same.',
    kind: 'query',
    since: 1,
    params: () =>
      z.object({
        type: ArtifactTypeName.optional(),
        /** How alike two contents must be, 0.5 to 1; at 1 only those that are the same count. */
        threshold: z.number().min(0.5).max(1).default(0.85),
        limit: z.int().min(1).max(1000).default(100),
      }),
    result: () =>
      z.object({
        /** What belongs together, the most alike and largest first. */
        groups: z.array(
          z.object({
            /** `same`: one content under several names. `similar`: contents that differ. */
            kind: z.enum(['same', 'similar']),
            /** Of the two that are least alike and still belong together; 1 for `same`. */
            likeness: z.number(),
            type: ArtifactTypeName,
            /** For `same` one artifact of each name, for `similar` one of each content; the one with most copies first. */
            items: z.array(Content()),
          }),
        ),
        total: z.int().nonnegative(),
      }),
    errors: [],
  }),
}
