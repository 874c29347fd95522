import { createReadStream, statSync, type Stats } from 'node:fs';
import { Readable } from 'node:stream';
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

/** A file that is not on this machine's disk. */
export interface GivenFile {
  /** For messages. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Its bytes from the beginning, each time it is called. */
  bytes(): AsyncIterable<Buffer>;
}

/**
 * Opens a file, unzips it where it begins as gzip does, and decodes it.
 * @param encoding a label of the WHATWG Encoding Standard, e.g. `utf-8`, `gb18030`, `windows-1252`
 * @throws SourceUnreadable where there is no such file, it is empty, its bytes are not of that encoding, or its gzip data
 *   are damaged
 */
export async function openSource(file: string | GivenFile, encoding: string): Promise<SourceText> {
  const { name, sizeBytes, bytes } = typeof file === 'string' ? onDisk(file) : file;
  const isGzip = await beginsAsGzip(bytes());
  if (!isGzip && name.toLowerCase().endsWith('.gz')) {
    throw new SourceUnreadable(`${name} is named like gzip data but is none.`);
  }
  let readBytes = 0;
  const raw = Readable.from(
    counted(bytes(), (more) => (readBytes += more)),
    { objectMode: false },
  );
  const plain = isGzip ? raw.pipe(createGunzip()) : raw;
  if (isGzip) raw.on('error', (error) => plain.destroy(error));
  return { text: decoded(plain, encoding, name), sizeBytes, readBytes: () => readBytes };
}

async function* counted(bytes: AsyncIterable<Buffer>, count: (more: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    count(chunk.length);
    yield chunk;
  }
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

const onDisk = (name: string): GivenFile => ({
  name,
  sizeBytes: sizeOf(name),
  bytes: () => createReadStream(name, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>,
});

async function beginsAsGzip(bytes: AsyncIterable<Buffer>): Promise<boolean> {
  let begin = Buffer.alloc(0);
  for await (const chunk of bytes) {
    begin = Buffer.concat([begin, chunk]);
    if (begin.length >= 2) break;
  }
  return begin[0] === 0x1f && begin[1] === 0x8b;
}
