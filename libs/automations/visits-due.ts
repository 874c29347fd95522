import { WakingLoop } from '#jobs';
import { plusMs, type Clock, type Instant } from '#kernel';

/** Something of a customer that waits for its time, a visit or a duty of the file, as the view knows it. */
export interface DueCustomer {
  readonly customerId: string;
  readonly dueId: string;
  readonly dueAt: Instant;
}

export interface VisitsDuePorts {
  readonly clock: Clock;
  /** What is due strictly before the instant and behind `after`, the earliest first, at most `limit` of it. */
  readonly dueBefore: (instant: Instant, limit: number, after?: DueCustomer) => Promise<readonly DueCustomer[]>;
  /** The earliest instant from `from` on at which anything is due. */
  readonly nextDue: (from: Instant) => Promise<Instant | undefined>;
  /** Sends SettleCustomer. One that was settled meanwhile has nothing due. */
  readonly settle: (customerId: string) => Promise<void>;
  readonly onFailure?: (error: unknown) => void;
}

const BATCH = 250;

/**
 * When a routine visit falls due or a duty of the file is missed, then the customer's file is settled (V-2, C-2, EVENTS.md 12). It sleeps until the next one and is
 * armed when the views advance; what a lagging view still calls due is settled in vain and changes nothing.
 */
export function visitsDue(ports: VisitsDuePorts): WakingLoop {
  const { clock, onFailure } = ports;
  return new WakingLoop({
    clock,
    onFailure,
    work: async () => {
      const now = clock.now();
      const settled = new Set<string>();
      for (let after: DueCustomer | undefined; ;) {
        const due = await ports.dueBefore(now, BATCH, after);
        for (const { customerId } of due) {
          if (settled.has(customerId)) continue;
          settled.add(customerId);
          await ports.settle(customerId);
        }
        if (due.length < BATCH) break;
        after = due.at(-1);
      }
      const next = await ports.nextDue(now);
      // What happens at the due instant itself is in time, so the timer comes one millisecond later.
      return next && plusMs(next, 1);
    },
  });
}
