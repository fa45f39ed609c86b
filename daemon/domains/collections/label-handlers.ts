import type { groupMethods } from '../../../protocol/domains/groups.ts'
import type { tagMethods } from '../../../protocol/domains/tags.ts'
import type { DaemonContext } from '../../context.ts'
import type { Handlers } from '../../kernel/rpc/dispatch.ts'
import { read } from '../cache/index.ts'
import {
  assignMembers,
  copyGroup,
  createGroup,
  deleteGroup,
  listGroups,
  orderMembers,
  reorderGroups,
  showGroup,
  updateGroup,
} from './groups-service.ts'
import { assignTags, createTag, deleteTag, listTags, updateTag } from './tags-service.ts'

export const labelHandlers: Handlers<DaemonContext, keyof typeof tagMethods | keyof typeof groupMethods> = {
  'tags.list': read('tags.list', listTags),
  'tags.create': createTag,
  'tags.update': updateTag,
  'tags.delete': deleteTag,
  'tags.assign': assignTags,
  'groups.list': read('groups.list', listGroups),
  'groups.show': read('groups.show', showGroup),
  'groups.create': createGroup,
  'groups.update': updateGroup,
  'groups.delete': deleteGroup,
  'groups.copy': copyGroup,
  'groups.reorder': reorderGroups,
  'groups.assign': assignMembers,
  'groups.order': orderMembers,
}
