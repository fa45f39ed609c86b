import { describe, expect, it } from 'vitest'
import { useTestDaemon } from '../../../support/test-daemon.ts'

describe('collections.list', () => {
  const start = useTestDaemon()

  it('tells all collections by name, the active one, and one whose manifest is broken', async () => {
    const { call, home } = await start({
      prepare({ write }) {
        write('.skillmeat/config.toml', '[settings]\ndefault-collection = "work"\n')
        write(
          '.skillmeat/collections/work/collection.toml',
          'tag_definitions = [\n  { name = "Web", slug = "web" },\n]\n[collection]\nname = "work"\ncreated = "2026-01-02T03:04:05.5"\n\n[[artifacts]]\nname = "a"\n[[artifacts]]\nname = "b"\n',
        )
        write('.skillmeat/collections/broken/collection.toml', '[collection]\nname = \n')
        write('.skillmeat/collections/old/manifest.toml', '[collection]\nname = "old"\n')
        write('.skillmeat/collections/bundles/pack.zip', '')
      },
    })
    const { items } = await call('collections.list', {})
    expect(items).toEqual([
      {
        name: 'broken',
        path: `${home}/.skillmeat/collections/broken`,
        active: false,
        artifactCount: 0,
        created: null,
        updated: null,
        problem: expect.stringContaining('collection.toml:2:1'),
      },
      expect.objectContaining({ name: 'old', active: false, artifactCount: 0, problem: null }),
      expect.objectContaining({
        name: 'work',
        active: true,
        artifactCount: 2,
        created: '2026-01-02T03:04:05.500Z',
        updated: null,
      }),
    ])
  })

  it('is empty where there is no library, and takes default for the active one', async () => {
    const { call, write } = await start()
    expect(await call('collections.list', {})).toEqual({ items: [] })
    write('.skillmeat/collections/default/collection.toml', '[collection]\nname = "default"\n')
    expect(await call('collections.list', {})).toMatchObject({ items: [{ name: 'default', active: true }] })
  })
})
