import { CASE_STREAM_PREFIX, caseAggregate, type CaseEventType, type RecordedCaseEvent } from '#cases';
import type { EventReader, StoredEvent, Subscription } from '#event-store';
import { decodeEvent, plusMs, type Clock, type Position } from '#kernel';

export interface FollowCasesPorts {
  readonly clock: Clock;
  readonly reader: EventReader;
  /** How far the log was followed. Lost it costs time and nothing else: what was done is recognised. */
  readonly checkpoint: { read(): Position | 'start'; write(reached: Position): void };
  readonly onFailure?: (error: unknown) => void;
}

const REST_MS = 1000;
/** The checkpoint is written when something was done, or after so many events looked at. */
const SAVE_EVERY = 1000;

/** Does something about certain events of cases, in their order, each at least once: "when … then …" over streams. */
export class FollowCases {
  private subscription: Subscription | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private endRest: () => void = () => undefined;

  /**
   * @param take says whether anything was done; what it throws is tried again. Imported history is not shown to it.
   */
  constructor(
    private readonly ports: FollowCasesPorts,
    private readonly types: readonly CaseEventType[],
    private readonly take: (event: RecordedCaseEvent, caseId: string) => Promise<boolean>,
  ) {}

  start(): void {
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
    const filter = {
      streamPrefixes: [CASE_STREAM_PREFIX],
      typeExpression: new RegExp(`^(?:${this.types.join('|')})$`),
    };
    this.subscription = reader.subscribeToAll({ after: checkpoint.read(), filter });
    let unsaved = 0;
    for await (const message of this.subscription) {
      if (message.kind !== 'event') continue;
      const event = readCaseEvent(message.event);
      const isNews = event !== undefined && event.meta.historical !== true;
      const done = isNews && (await this.take(event, event.stream.slice(CASE_STREAM_PREFIX.length)));
      unsaved = done ? SAVE_EVERY : unsaved + 1;
      if (unsaved < SAVE_EVERY) continue;
      checkpoint.write(message.event.position);
      unsaved = 0;
    }
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

/** Undefined for what somebody else wrote. */
export const readCaseEvent = (stored: StoredEvent): RecordedCaseEvent | undefined =>
  decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
