import { describe, expect, it } from 'vitest'
import { suggestAction } from '../../../web/src/components/update-available-dialog/suggested-action.ts'
import { anUpdate } from '../support/updates.ts'

describe('suggestAction', () => {
  it('names the manager of a plugin, and for skills the one that is most common, where they lie (CACHE-5.3a)', () => {
    const plugin = anUpdate({ name: 'tools', type: 'plugin', scope: 'plugin', project: null })
    expect(suggestAction(plugin).command).toBe('claude plugin update tools')
    expect(suggestAction(anUpdate({ name: 'review' })).command).toBe(
      'cd /home/ada/api && npx skills update review',
    )
    expect(suggestAction(anUpdate({ name: 'review', scope: 'user', project: null })).command).toBe(
      'npx skills update review',
    )
  })

  it('says which version to write where for a server of npm', () => {
    const server = anUpdate({
      name: 'files',
      type: 'mcp',
      source: 'npm:@ada/files',
      path: '/home/ada/api/.mcp.json',
    })
    expect(suggestAction(server)).toEqual({
      text: 'Write the newer version into /home/ada/api/.mcp.json: @ada/files@1.1.0. It runs from the next start of the agent.',
      command: null,
    })
  })

  it('warns of what an update would replace', () => {
    expect(suggestAction(anUpdate({ name: 'review', state: 'diverged' })).text).toMatch(
      /^It was changed here, too, and an update replaces that\. /,
    )
    expect(suggestAction(anUpdate({ name: 'review', state: 'modified' }))).toEqual({
      text: 'Nothing newer is there. An update would replace what was changed here.',
      command: null,
    })
  })

  it('suggests nothing where nothing is to do', () => {
    expect(suggestAction(anUpdate({ name: 'review', state: 'current' })).command).toBeNull()
    const gone = anUpdate({
      name: 'review',
      reason: { code: 'removed_upstream', message: 'Its source does not have it any more.' },
    })
    expect(suggestAction(gone)).toEqual({
      text: 'Its source does not have it any more. Keep this copy, or delete it.',
      command: null,
    })
  })

  it('quotes names for the shell: files of others may be called anything', () => {
    const command = (name: string, path = '/home/ada/api'): string | null =>
      suggestAction(anUpdate({ name, project: { id: 'prj_api', name: 'api', path } })).command
    expect(command('a; rm -rf ~')).toBe("cd /home/ada/api && npx skills update 'a; rm -rf ~'")
    expect(command("it's $(date)")).toBe("cd /home/ada/api && npx skills update 'it'\\''s $(date)'")
    expect(command('review', '/home/ada/my api')).toBe("cd '/home/ada/my api' && npx skills update review")
  })

  it.each(['two\nlines', 'escape\u001b[2J', 'right\u202eleft', '--help'])(
    'offers no command for the name %j, which a terminal may take for more than a name',
    (name) => expect(suggestAction(anUpdate({ name })).command).toBeNull(),
  )
})
