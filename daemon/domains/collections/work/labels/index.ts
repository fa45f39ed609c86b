import { chosenCollection } from '../snapshots/chosen-collection.ts'
import type { WorkTools } from '../tools.ts'
import {
  assignMembers,
  copyGroup,
  createGroup,
  deleteGroup,
  orderMembers,
  reorderGroups,
  updateGroup,
} from './groups.ts'
import { assignTags, createTag, deleteTag, updateTag } from './tags.ts'

/** What is done with tags and groups: the manifest is changed, and whoever reads it next finds them (MP-2.1). */
export const labelWork = {
  /** Name of the active collection, whether it is there or not. */
  activeCollectionName: (tools: WorkTools, _: object): Promise<string> => chosenCollection(tools, null),
  createTag,
  updateTag,
  deleteTag,
  assignTags,
  createGroup,
  updateGroup,
  deleteGroup,
  copyGroup,
  reorderGroups,
  assignMembers,
  orderMembers,
}
