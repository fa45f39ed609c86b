import { buffer } from 'node:stream/consumers'
import { fromBuffer, type ZipFile } from 'yauzl'

export type Unzipped = { name: string; mode: number; text: string }

/** The files of a ZIP archive, in its order. */
export async function unzip(archive: Buffer): Promise<Unzipped[]> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(archive, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  )
  const files: Unzipped[] = []
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', (entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        buffer(stream).then((content) => {
          const mode = entry.externalFileAttributes >>> 16
          files.push({ name: entry.fileName, mode, text: content.toString('utf8') })
          zip.readEntry()
        }, reject)
      })
    })
    zip.readEntry()
  })
  return files
}
