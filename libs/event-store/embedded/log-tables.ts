import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { NewEvent } from '../port.js';
import { DELETED_REVISION } from '../stream-metadata.js';

/** A stream as the writer knows it; `id` is undefined until its first event is written. */
export interface KnownStream {
  readonly name: string;
  id: number | undefined;
  /** Of the last event besides a tombstone; -1 where there is none. */
  revision: number;
  tombstoned: boolean;
}

export interface WrittenEvent {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** 32 hexadecimal digits. */
  readonly id: string;
}

const KNOWN_STREAMS = 50_000;

/**
 * The writer's hand on the tables. It remembers where streams stand, so that an append costs one insert per event;
 * `forget` after a transaction that was rolled back.
 */
export class LogTables {
  private readonly streams = new LRUCache<string, KnownStream>({ max: KNOWN_STREAMS });
  private readonly types = new Map<string, number>();

  private readonly findStream;
  private readonly addStream;
  private readonly findType;
  private readonly addType;
  private readonly addEvent;
  private readonly findEvent;
  private readonly findJson;
  private readonly passPosition;
  private readonly startPositions;

  constructor(db: Database.Database) {
    this.findStream = db.prepare<[string], { id: number; revision: number | null; tombstoned: number }>(
      `SELECT id,
         (SELECT max(revision) FROM events WHERE stream = streams.id AND revision < ${DELETED_REVISION}) AS revision,
         EXISTS (SELECT 1 FROM events WHERE stream = streams.id AND revision = ${DELETED_REVISION}) AS tombstoned
       FROM streams WHERE name = ?`,
    );
    this.addStream = db.prepare<[string]>('INSERT INTO streams (name) VALUES (?)');
    this.findType = db.prepare<[string], number>('SELECT id FROM types WHERE name = ?').pluck();
    this.addType = db.prepare<[string]>('INSERT INTO types (name) VALUES (?)');
    this.addEvent = db.prepare(
      'INSERT INTO events (stream, revision, type, json, created, id, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.findEvent = db.prepare<[number, number], WrittenEvent>(
      'SELECT position, created, lower(hex(id)) AS id FROM events WHERE stream = ? AND revision = ?',
    );
    this.findJson = db
      .prepare<[number, number], Buffer | null>(
        'SELECT CASE WHEN json = 1 THEN data END FROM events WHERE stream = ? AND revision = ?',
      )
      .pluck();
    this.passPosition = db
      .prepare<[], number>(`UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq`)
      .pluck();
    this.startPositions = db.prepare(`INSERT INTO sqlite_sequence (name, seq) VALUES ('events', 1)`);
  }

  stream(name: string): KnownStream {
    const known = this.streams.get(name);
    if (known) return known;
    const row = this.findStream.get(name);
    const stream = { name, id: row?.id, revision: row?.revision ?? -1, tombstoned: row?.tombstoned === 1 };
    this.streams.set(name, stream);
    return stream;
  }

  /** @returns the position it got */
  insert(stream: KnownStream, revision: number | bigint, event: NewEvent, createdMs: number): number {
    stream.id ??= Number(this.addStream.run(stream.name).lastInsertRowid);
    const { lastInsertRowid } = this.addEvent.run(
      stream.id,
      revision,
      this.typeId(event.type),
      event.contentType === 'application/json' ? 1 : 0,
      createdMs,
      Buffer.from(event.id.replaceAll('-', ''), 'hex'),
      event.data,
      event.metadata,
    );
    if (revision === DELETED_REVISION) stream.tombstoned = true;
    else stream.revision = Number(revision);
    return Number(lastInsertRowid);
  }

  eventAt(stream: KnownStream, revision: number): WrittenEvent | undefined {
    return stream.id === undefined ? undefined : this.findEvent.get(stream.id, revision);
  }

  /** Of the last event, where it is JSON. */
  lastJson(stream: KnownStream): Buffer | undefined {
    return (stream.id === undefined ? undefined : this.findJson.get(stream.id, stream.revision)) ?? undefined;
  }

  /** @returns a position behind all events so far, which none will get */
  nextPosition(): number {
    const position = this.passPosition.get();
    if (position !== undefined) return position;
    this.startPositions.run();
    return 1;
  }

  forget(): void {
    this.streams.clear();
    this.types.clear();
  }

  private typeId(name: string): number {
    const known = this.types.get(name) ?? this.findType.get(name);
    const id = known ?? Number(this.addType.run(name).lastInsertRowid);
    this.types.set(name, id);
    return id;
  }
}
