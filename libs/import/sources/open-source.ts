import { createReadStream, statSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { SourceUnreadable } from './row.js';

/** Small, so that what was read is not far ahead of what became of it. */
const CHUNK_BYTES = 64 * 1024;

/** A file being read as text, with how far it has been read. */
export interface SourceText {
  readonly text: AsyncIterable<string>;
  readonly sizeBytes: number;
  /** Bytes of the file, compressed where it is. */
  readBytes(): number;
}

/**
 * Opens a file, unzips it where it begins as gzip does, and decodes it.
 * @param encoding a label of the WHATWG Encoding Standard, e.g. `utf-8`, `gb18030`, `windows-1252`
 * @throws SourceUnreadable where there is no such file, it is empty, its bytes are not of that encoding, or its gzip data
 *   are damaged
 */
export async function openSource(file: string, encoding: string): Promise<SourceText> {
  const sizeBytes = sizeOf(file);
  const isGzip = await beginsAsGzip(file);
  if (!isGzip && file.toLowerCase().endsWith('.gz')) {
    throw new SourceUnreadable(`${file} is named like gzip data but is none.`);
  }
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const bytes = isGzip ? raw.pipe(createGunzip()) : raw;
  if (isGzip) raw.on('error', (error) => bytes.destroy(error));
  return { text: decoded(bytes, encoding, file), sizeBytes, readBytes: () => raw.bytesRead };
}

async function* decoded(bytes: AsyncIterable<Buffer>, encoding: string, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new SourceUnreadable(`${file} is not ${encoding}: say in the mapping which encoding it has.`, {
        cause: error,
      });
    }
    if (code?.startsWith('Z_'))
      throw new SourceUnreadable(`${file} is damaged gzip data (${code}): it breaks off or was altered.`, {
        cause: error,
      });
    throw error;
  }
}

function sizeOf(file: string): number {
  let found: Stats | undefined;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new SourceUnreadable(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (found === undefined) throw new SourceUnreadable(`There is no file ${file}.`);
  if (found.isDirectory()) throw new SourceUnreadable(`${file} is a folder: name a file in it.`);
  // A pipe has no size to measure progress by, and its first bytes are gone once they were looked at.
  if (!found.isFile()) throw new SourceUnreadable(`${file} is no regular file.`);
  if (found.size === 0) throw new SourceUnreadable(`${file} is empty.`);
  return found.size;
}

async function beginsAsGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
