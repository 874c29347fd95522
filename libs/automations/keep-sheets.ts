import { CASE_STREAM_PREFIX, caseAggregate, type CaseEventType, type RecordedCaseEvent } from '#cases';
import type { EventReader, StoredEvent, Subscription } from '#event-store';
import { decodeEvent, plusMs, type Clock, type Position } from '#kernel';

/** A sheet that a case asked for: a case of its own under the id that was given to it (H-7). */
export interface AskedSheet {
  readonly sheetId: string;
  readonly parentId: string;
  readonly kind: 'work_sheet' | 'nonconformity';
  readonly unit: string;
}

export interface FinishedSheet {
  readonly sheetId: string;
  readonly parentId: string;
  readonly outcome: 'done' | 'declined' | 'withdrawn';
}

export interface KeepSheetsPorts {
  readonly clock: Clock;
  readonly reader: EventReader;
  /** How far the log was followed. Lost it costs time and nothing else: what was done is recognised. */
  readonly checkpoint: {
    read(): Position | 'start' | Promise<Position | 'start'>;
    write(reached: Position): void | Promise<void>;
  };
  /** Receives the sheet as a case; one that is there already stays as it is. */
  readonly open: (sheet: AskedSheet) => Promise<void>;
  /** Tells the case that asked; told again, nothing happens. */
  readonly finish: (sheet: FinishedSheet) => Promise<void>;
  readonly onFailure?: (error: unknown) => void;
}

const REST_MS = 1000;
/** The checkpoint is written when something was done, or after so many events looked at. */
const SAVE_EVERY = 1000;
const ENDS = { CaseClosed: 'done', CaseDeclined: 'declined', CaseWithdrawn: 'withdrawn' } as const;
const FOLLOWED: readonly CaseEventType[] = ['SheetRequested', 'CaseClosed', 'CaseDeclined', 'CaseWithdrawn'];

/**
 * H-7: when a case asks another unit to act, then the sheet is opened as a case of its own; when that one comes to its end,
 * then the case that asked is told. The case records the intention first; this only carries it out, as often as need be.
 */
export class KeepSheets {
  private subscription: Subscription | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private endRest: () => void = () => undefined;

  constructor(private readonly ports: KeepSheetsPorts) {}

  /** Goes on where the checkpoint stands, also after a stop. */
  start(): void {
    this.stopped = false;
    this.running = this.run();
  }

  /** Ends after the event in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.subscription?.close();
    this.endRest();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.follow();
      } catch (error) {
        // What was not done is met again behind the checkpoint.
        this.ports.onFailure?.(error);
        await this.rest();
      }
    }
  }

  private async follow(): Promise<void> {
    const { reader, checkpoint } = this.ports;
    const filter = { streamPrefixes: [CASE_STREAM_PREFIX], typeExpression: new RegExp(`^(?:${FOLLOWED.join('|')})$`) };
    this.subscription = reader.subscribeToAll({ after: await checkpoint.read(), filter });
    let unsaved = 0;
    for await (const message of this.subscription) {
      if (message.kind !== 'event') continue;
      const done = await this.take(message.event);
      unsaved = done ? SAVE_EVERY : unsaved + 1;
      if (unsaved < SAVE_EVERY) continue;
      await checkpoint.write(message.event.position);
      unsaved = 0;
    }
  }

  /** @returns whether anything was to be done */
  private async take(stored: StoredEvent): Promise<boolean> {
    const event = decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
    if (event === undefined || event.meta.historical === true) return false;
    const caseId = event.stream.slice(CASE_STREAM_PREFIX.length);
    switch (event.type) {
      case 'SheetRequested':
        await this.ports.open({ ...event.data, parentId: caseId });
        return true;
      case 'CaseClosed':
      case 'CaseDeclined':
      case 'CaseWithdrawn': {
        const parentId = await this.parentOf(event.stream);
        if (parentId === undefined) return false;
        await this.ports.finish({ sheetId: caseId, parentId, outcome: ENDS[event.type] });
        return true;
      }
      default:
        return false;
    }
  }

  /** Whom a case was opened from, if it is a sheet at all: its first event says so. */
  private async parentOf(stream: string): Promise<string | undefined> {
    const [first] = await this.ports.reader.readStream(stream, { maxCount: 1 });
    const event = first && (decodeEvent(first, caseAggregate.upcasts) as RecordedCaseEvent | undefined);
    if (event?.type !== 'CaseReceived') return undefined;
    const { kind, openedFrom } = event.data;
    const isSheet = kind === 'work_sheet' || kind === 'nonconformity';
    return isSheet && openedFrom !== undefined && 'caseId' in openedFrom ? openedFrom.caseId : undefined;
  }

  private async rest(): Promise<void> {
    if (this.stopped) return;
    const { clock } = this.ports;
    await new Promise<void>((resolve) => {
      const cancel = clock.wakeAt(plusMs(clock.now(), REST_MS), resolve);
      this.endRest = () => (cancel(), resolve());
    });
  }
}
