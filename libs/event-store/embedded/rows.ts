import type Database from 'better-sqlite3';
import type { Position } from '#kernel';
import type { StoredEvent } from '../port.js';
import { DELETED_REVISION } from '../stream-metadata.js';

/** An event with its bytes read as UTF-8 text: half the work where the JSON is parsed anyway. */
export interface TextEvent extends Omit<StoredEvent, 'data' | 'metadata'> {
  readonly data: string;
  readonly metadata: string;
}

const SHARED_COLUMNS = 'position, streams.name, revision, type, json, created, hex(events.id)';
/** Data and metadata in one blob: every Buffer that comes out of SQLite costs about a microsecond. */
export const EVENT_COLUMNS = `${SHARED_COLUMNS}, length(data), CAST(data || metadata AS BLOB)`;
export const TEXT_COLUMNS = `${SHARED_COLUMNS}, CAST(data AS TEXT), CAST(metadata AS TEXT)`;

/** CROSS JOIN has SQLite walk the events in their order and look the names up: cheaper than remembering 100,000 of them. */
export const EVENTS = 'events CROSS JOIN streams ON streams.id = events.stream';

type SharedColumns = [number, string, number, number, number, number, string];
export type EventRow = [...SharedColumns, number, Buffer];
export type TextRow = [...SharedColumns, string, string];

/** Makes events of rows. Keeps the names of types, which are few and never change once they are committed. */
export class RowReader {
  private readonly types = new Map<number, string>();
  private readonly typeName;

  constructor(db: Database.Database) {
    this.typeName = db.prepare<[number], string>('SELECT name FROM types WHERE id = ?').pluck();
  }

  event(row: EventRow): StoredEvent {
    const payload = row[8];
    const position = positionAt(row[0]);
    return {
      id: uuid(row[6]),
      stream: row[1],
      revision: revisionOf(row[2]),
      type: this.type(row[3]),
      contentType: row[4] === 1 ? 'application/json' : 'application/octet-stream',
      createdMs: row[5],
      position,
      data: payload.subarray(0, row[7]),
      metadata: payload.subarray(row[7]),
    };
  }

  text(row: TextRow): TextEvent {
    return {
      id: uuid(row[6]),
      stream: row[1],
      revision: revisionOf(row[2]),
      type: this.type(row[3]),
      contentType: row[4] === 1 ? 'application/json' : 'application/octet-stream',
      createdMs: row[5],
      position: positionAt(row[0]),
      data: row[7],
      metadata: row[8],
    };
  }

  type(id: number): string {
    let name = this.types.get(id);
    if (name === undefined) this.types.set(id, (name = this.typeName.get(id)!));
    return name;
  }
}

export function positionAt(number: number): Position {
  const commit = BigInt(number);
  return { commit, prepare: commit };
}

/** SQLite hands out doubles: what is beyond their exact range can only be a tombstone. */
const revisionOf = (number: number): bigint => (number > Number.MAX_SAFE_INTEGER ? DELETED_REVISION : BigInt(number));

function uuid(hex: string): string {
  const h = hex.toLowerCase();
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
