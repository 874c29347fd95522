import type { EventStore, StoredEvent } from '#event-store';
import { Predecessors } from '#event-store/succession';
import {
  comparePositions,
  decodeEvent,
  positionToken,
  readPositionToken,
  START,
  type Position,
  type RecordedEvent,
  type Upcasts,
} from '#kernel';
import { erasedKeysIn, openParts, type LostKey, type Vault } from '#privacy';
import { ProblemError } from '../http/problems.js';
import { cloudEvent, type CloudEvent, type ShownPart } from './cloud-event.js';

export interface FeedPorts {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly upcasts: Upcasts;
  /** Streams are named `<category>-<id>`; the feed holds those of this category. */
  readonly category: string;
  readonly onLost: (lost: LostKey) => void;
}

/** What a subscriber asked for. */
export interface Wanted {
  /** Names of event types; all where it is left out. */
  readonly types: ReadonlySet<string> | undefined;
  /** Whether personal parts are opened; only those who may are given `true` here. */
  readonly open: boolean;
}

export interface FeedPage {
  readonly events: readonly CloudEvent[];
  /** Ask on from here; it advances over what was not wanted, too. */
  readonly next: string;
  readonly atHead: boolean;
}

const PAGE = 1000;
/** One request looks at no more than this many events, so that a rare type cannot hold a connection for minutes. */
const SCANNED_PER_REQUEST = 20_000;

/** The ordered feed of case events (EVENTS.md 4): reads pages from a position, and shapes single events for the stream. */
export class Feed {
  private readonly predecessors: Predecessors;

  constructor(readonly ports: FeedPorts) {
    this.predecessors = new Predecessors(ports.store);
  }

  /**
   * The position behind which a subscriber goes on: a token, or `start`, or `head`. A token of a log that this one was moved
   * or restored from is translated.
   * @throws ProblemError BAD_POSITION, FOREIGN_POSITION, POSITION_AHEAD, POSITION_LOST
   */
  async positionOf(token: string | undefined): Promise<Position> {
    const { store } = this.ports;
    if (token === undefined || token === 'start') return START;
    const head = (await store.head()) ?? START;
    if (token === 'head') return head;
    const read = readPositionToken(token);
    if (read === undefined) throw new ProblemError('BAD_POSITION');
    const { epoch, position: told } = read;
    const position = epoch === store.epoch ? told : await this.predecessors.translate(epoch, told);
    if (position === 'foreign') throw new ProblemError('FOREIGN_POSITION');
    if (position === 'lost') throw new ProblemError('POSITION_LOST');
    if (comparePositions(position, head) > 0) throw new ProblemError('POSITION_AHEAD');
    return position;
  }

  tokenOf(position: Position): string {
    return comparePositions(position, START) === 0 ? 'start' : positionToken(this.ports.store.epoch, position);
  }

  async page(after: Position, limit: number, wanted: Wanted): Promise<FeedPage> {
    const found: StoredEvent[] = [];
    let last = after;
    let atHead = false;
    for (let scanned = 0; found.length < limit && scanned < SCANNED_PER_REQUEST && !atHead;) {
      const from = comparePositions(last, START) === 0 ? ('start' as const) : last;
      // Reading forwards is inclusive, so the first event is the one that the subscriber has already.
      const read = await this.ports.store.readAll({ direction: 'forwards', from, maxCount: PAGE });
      const fresh = read.filter(({ position }) => comparePositions(position, last) > 0);
      atHead = fresh.length === 0 || read.length < PAGE;
      for (const event of fresh) {
        if (found.length === limit) {
          atHead = false;
          break;
        }
        if (this.isWanted(event, wanted)) found.push(event);
        last = event.position;
      }
      scanned += fresh.length;
    }
    return { events: await this.shaped(found, wanted.open), next: this.tokenOf(last), atHead };
  }

  /** Stored events as their reader gets them; what is none of ours is left out. */
  async shaped(stored: readonly StoredEvent[], open: boolean): Promise<CloudEvent[]> {
    const decoded = stored.flatMap((event) => {
      const recorded = decodeEvent(event, this.ports.upcasts);
      return recorded === undefined ? [] : [{ recorded, position: event.position }];
    });
    const parts = await this.partsOf(
      decoded.map(({ recorded }) => recorded),
      open,
    );
    return decoded.map(({ recorded, position }, index) =>
      cloudEvent(
        recorded,
        recorded.stream.slice(this.prefix.length),
        this.tokenOf(position),
        parts[index]!,
        this.ports.upcasts,
      ),
    );
  }

  get prefix(): string {
    return `${this.ports.category}-`;
  }

  private isWanted(event: StoredEvent, { types }: Wanted): boolean {
    return event.stream.startsWith(this.prefix) && (types === undefined || types.has(event.type));
  }

  private async partsOf(events: readonly RecordedEvent[], open: boolean): Promise<Record<string, ShownPart>[]> {
    if (!open) {
      return events.map(({ personal }) =>
        Object.fromEntries(Object.keys(personal).map((part) => [part, { withheld: true as const }])),
      );
    }
    const opened = await openParts(this.ports.vault, (stream) => this.erasedKeys(stream), events, this.ports.onLost);
    return opened.map(({ personal }) => ({ ...personal }));
  }

  private async erasedKeys(stream: string): Promise<ReadonlySet<string>> {
    const stored = await this.ports.store.readStream(stream);
    return erasedKeysIn(stored.flatMap((event) => decodeEvent(event, this.ports.upcasts) ?? []));
  }
}
