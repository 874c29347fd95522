/**
 * Carries ids of work to whichever process is free. It may lose them, repeat them and change their order: who sends
 * remembers (EVENT_STORE.md "BullMQ": the muscle, never the memory).
 */
export interface Carrier {
  /** What is on its way or in hand is not added again. @throws CarrierAway while nothing can be handed over */
  send(queue: string, ids: readonly string[]): Promise<void>;
  /** Has work done as it arrives, so much of it at a time. What throws is not carried again by itself. */
  receive(queue: string, concurrency: number, work: (id: string) => Promise<void>): Receiver;
  /** Calls back when all that was on its way may be lost. @returns how to stop it */
  onLost(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface Receiver {
  /** Ends after what is in hand. */
  stop(): Promise<void>;
}

/** Nothing can be handed over at present; `onLost` calls back when it can be again. */
export class CarrierAway extends Error {
  readonly code = 'CARRIER_AWAY';

  constructor() {
    super('Jobs wait: what carries them to workers cannot be reached.');
  }
}
