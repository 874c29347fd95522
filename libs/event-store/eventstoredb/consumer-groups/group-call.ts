import type { ClientDuplexStream } from '@grpc/grpc-js';
import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { Handover } from '../../handover.js';
import type { StreamsClient } from '../connection.js';
import type { GroupResponse } from './responses.js';

type Duplex = ClientDuplexStream<persistentPb.ReadReq, GroupResponse>;

/** So many answers lie here at most: where nobody takes them, the wire stands still. */
const LONGEST_QUEUE = 16;
/** How long the server may take to say that it has heard all that was settled. */
const FAREWELL_MS = 2_000;

/** One call of PersistentSubscriptions.Read. */
export class GroupCall {
  private readonly responses = new Handover<GroupResponse>();
  private readonly over: Promise<void>;
  private leaving = false;

  constructor(
    readonly client: StreamsClient,
    private readonly duplex: Duplex,
    options: persistentPb.ReadReq,
  ) {
    duplex.on('data', (response: GroupResponse) => {
      if (this.leaving) return;
      this.responses.give(response);
      if (this.responses.length >= LONGEST_QUEUE) duplex.pause();
    });
    // An error that comes when nobody listens any more must not end the process.
    duplex.on('error', (reason: unknown) => this.responses.end({ reason }));
    duplex.on('end', () => this.responses.end());
    this.over = new Promise((resolve) =>
      duplex
        .on('close', resolve)
        .on('end', resolve)
        .on('error', () => resolve()),
    );
    duplex.write(options);
  }

  /** Answers that nobody has taken yet. */
  get untaken(): number {
    return this.responses.length;
  }

  /** @returns undefined when the server ended the call; throws what ended it otherwise */
  async next(): Promise<GroupResponse | undefined> {
    const response = await this.responses.take();
    if (this.duplex.isPaused() && this.responses.length < LONGEST_QUEUE / 2) this.duplex.resume();
    return response;
  }

  settle(request: persistentPb.ReadReq): void {
    if (!this.leaving && !this.duplex.writableEnded && !this.duplex.destroyed) this.duplex.write(request);
  }

  cancel(): void {
    this.leaving = true;
    this.responses.end();
    this.duplex.cancel();
  }

  /** Says goodbye, so that what was settled is heard before what is in hand goes to others. */
  async leave(): Promise<void> {
    if (this.leaving) return;
    this.leaving = true;
    this.responses.end();
    this.duplex.end();
    this.duplex.resume();
    let patience: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (patience = setTimeout(resolve, FAREWELL_MS)));
    await Promise.race([this.over, tooLong]);
    clearTimeout(patience);
    this.duplex.cancel();
  }
}
