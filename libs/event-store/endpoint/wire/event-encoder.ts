import type { ResolvedRow } from '../../embedded/links.js';
import type { EventRow, RowReader } from '../../embedded/rows.js';
import { fieldSize, varintSize, writeHeader, writeVarint } from './protobuf-size.js';

/** How a client wants ids: `UUIDOption` of a read request. */
export type UuidForm = 'string' | 'structured';

/** An event as it goes to a client. */
export interface Delivery extends ResolvedRow {
  /** Only persistent subscriptions tell it. */
  readonly retryCount?: number;
}

/** Bytes; -1 for a record that is not there. */
export interface Sizes {
  readonly total: number;
  readonly inner: number;
  readonly event: number;
  readonly link: number;
}

/** Revision 2^63-1, a tombstone, as a varint: SQLite hands out doubles, which cannot say it. */
const DELETED = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
const STRING_ID_SIZE = 40;
/** 1 ms is 10,000 ticks. */
const TICKS = '0000';

/**
 * Writes `ReadResp { event }` of the Streams and PersistentSubscriptions services straight from a row of the log: one
 * buffer per event and no message objects, which would cost more than everything else together.
 */
export class EventEncoder {
  private readonly typeFields = new Map<number, Buffer>();
  private lastStream = '';
  private lastStreamField = streamField('');

  constructor(private readonly rows: RowReader) {}

  encode(delivery: Delivery, form: UuidForm): Buffer {
    const sizes = this.measure(delivery, form);
    const target = Buffer.allocUnsafe(sizes.total);
    this.write(target, 0, delivery, form, sizes);
    return target;
  }

  /** How many bytes the message takes, and its parts: what is needed to write it in one go. */
  measure({ event, link, retryCount }: Delivery, form: UuidForm): Sizes {
    const position = (link ?? event!)[0];
    const eventSize = event === undefined ? -1 : this.recordSize(event, form, position);
    const linkSize = link === undefined ? -1 : this.recordSize(link, form, position);
    const inner =
      (eventSize < 0 ? 0 : fieldSize(eventSize)) +
      (linkSize < 0 ? 0 : fieldSize(linkSize)) +
      1 +
      varintSize(position) +
      (retryCount === undefined ? 0 : 1 + varintSize(retryCount));
    return { total: fieldSize(inner), inner, event: eventSize, link: linkSize };
  }

  write(target: Buffer, start: number, { event, link, retryCount }: Delivery, form: UuidForm, sizes: Sizes): void {
    const position = (link ?? event!)[0];
    let offset = writeHeader(target, start, 1, sizes.inner);
    if (event !== undefined) {
      offset = this.writeRecord(target, writeHeader(target, offset, 1, sizes.event), event, form, position);
    }
    if (link !== undefined) {
      offset = this.writeRecord(target, writeHeader(target, offset, 2, sizes.link), link, form, position);
    }
    target[offset++] = 3 << 3;
    offset = writeVarint(target, offset, position);
    if (retryCount !== undefined) {
      target[offset++] = 5 << 3;
      writeVarint(target, offset, retryCount);
    }
  }

  private recordSize(row: EventRow, form: UuidForm, position: number): number {
    const [, stream, revision, , , created, id, dataSize, payload] = row;
    const metadataSize = payload.length - dataSize;
    return (
      (form === 'string' ? STRING_ID_SIZE : fieldSize(structuredId(id).length)) +
      this.streamFieldOf(stream).length +
      (revision === 0 ? 0 : 1 + revisionSize(revision)) +
      2 * (1 + varintSize(position)) +
      this.typeFieldsOf(row).length +
      createdSize(created) +
      (metadataSize === 0 ? 0 : fieldSize(metadataSize)) +
      (dataSize === 0 ? 0 : fieldSize(dataSize))
    );
  }

  /** Where a link was followed both records tell the position of the link, as EventStoreDB does. */
  private writeRecord(target: Buffer, start: number, row: EventRow, form: UuidForm, position: number): number {
    const [, stream, revision, , , created, id, dataSize, payload] = row;
    let offset = form === 'string' ? writeStringId(target, start, id) : writeStructuredId(target, start, id);
    offset += this.streamFieldOf(stream).copy(target, offset);
    if (revision !== 0) {
      target[offset++] = 3 << 3;
      if (revision > Number.MAX_SAFE_INTEGER) offset += DELETED.copy(target, offset);
      else offset = writeVarint(target, offset, revision);
    }
    target[offset++] = 4 << 3;
    offset = writeVarint(target, offset, position);
    target[offset++] = 5 << 3;
    offset = writeVarint(target, offset, position);
    offset += this.typeFieldsOf(row).copy(target, offset);
    offset = writeCreated(target, offset, created);
    const metadataSize = payload.length - dataSize;
    if (metadataSize > 0) {
      offset = writeHeader(target, offset, 7, metadataSize);
      offset += payload.copy(target, offset, dataSize);
    }
    if (dataSize > 0) {
      offset = writeHeader(target, offset, 8, dataSize);
      offset += payload.copy(target, offset, 0, dataSize);
    }
    return offset;
  }

  /** Events of one stream mostly follow each other. */
  private streamFieldOf(stream: string): Buffer {
    if (stream !== this.lastStream) {
      this.lastStream = stream;
      this.lastStreamField = streamField(stream);
    }
    return this.lastStreamField;
  }

  private typeFieldsOf(row: EventRow): Buffer {
    const key = row[3] * 2 + row[4];
    let fields = this.typeFields.get(key);
    if (fields === undefined) {
      const contentType = row[4] === 1 ? 'application/json' : 'application/octet-stream';
      fields = Buffer.concat([mapEntry('type', this.rows.type(row[3])), mapEntry('content-type', contentType)]);
      this.typeFields.set(key, fields);
    }
    return fields;
  }
}

const revisionSize = (revision: number): number =>
  revision > Number.MAX_SAFE_INTEGER ? DELETED.length : varintSize(revision);

function bytesField(field: number, bytes: Buffer): Buffer {
  const target = Buffer.allocUnsafe(fieldSize(bytes.length));
  bytes.copy(target, writeHeader(target, 0, field, bytes.length));
  return target;
}

const streamField = (stream: string): Buffer => bytesField(2, bytesField(3, Buffer.from(stream)));

const mapEntry = (key: string, value: string): Buffer =>
  bytesField(6, Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, Buffer.from(value))]));

const CREATED_HEAD = bytesField(1, Buffer.from('created'));

const ticksLength = (createdMs: number): number => String(createdMs).length + TICKS.length;
const createdSize = (createdMs: number): number => fieldSize(CREATED_HEAD.length + fieldSize(ticksLength(createdMs)));

function writeCreated(target: Buffer, start: number, createdMs: number): number {
  const ticks = `${createdMs}${TICKS}`;
  let offset = writeHeader(target, start, 6, CREATED_HEAD.length + fieldSize(ticks.length));
  offset += CREATED_HEAD.copy(target, offset);
  offset = writeHeader(target, offset, 2, ticks.length);
  return offset + target.write(ticks, offset, 'latin1');
}

/** @param hex 32 hexadecimal digits, as SQLite writes them */
function writeStringId(target: Buffer, start: number, hex: string): number {
  let offset = writeHeader(target, start, 1, STRING_ID_SIZE - 2);
  offset = writeHeader(target, offset, 2, 36);
  for (let digit = 0; digit < 32; digit++) {
    if (digit === 8 || digit === 12 || digit === 16 || digit === 20) target[offset++] = 0x2d;
    const code = hex.charCodeAt(digit);
    target[offset++] = code < 0x41 ? code : code | 0x20;
  }
  return offset;
}

function writeStructuredId(target: Buffer, start: number, hex: string): number {
  const id = structuredId(hex);
  return writeHeader(target, start, 1, id.length) + id.copy(target, writeHeader(target, start, 1, id.length));
}

/** `UUID { structured { most, least } }`, two signed 64-bit numbers. */
function structuredId(hex: string): Buffer {
  const half = (field: number, digits: string): number[] => {
    let rest = BigInt(`0x${digits}`);
    if (rest === 0n) return [];
    const bytes = [field << 3];
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return [...bytes, Number(rest)];
  };
  return bytesField(1, Buffer.from([...half(1, hex.slice(0, 16)), ...half(2, hex.slice(16))]));
}
