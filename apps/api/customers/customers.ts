import { customerAggregate, type CustomerEvent, type CustomerState, type RegisterCustomer } from '#customers';
import { CommandExecutor, type Executed, type ExecutorPorts, type Request } from '#execution';
import { isRefusal, type Clock, type Instant, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import type { Rulebook } from '#rulebook';
import type { Parts } from '../engine/parts.js';
import { foldedNow } from './folded.js';

type Ruled = ReturnType<ExecutorPorts<CustomerState, Policy>['policyFor']>;

/** The customers' files of an engine: commands on them, and how they stand. */
export class Customers {
  private readonly executor: CommandExecutor<CustomerState, CustomerEvent, Policy>;
  private readonly clock: Clock;
  private readonly rulebook: Rulebook;

  constructor(private readonly parts: Pick<Parts, 'store' | 'vault' | 'time' | 'rulebook' | 'held'>) {
    const { store, vault, time, rulebook } = parts;
    this.clock = time.clock;
    this.rulebook = rulebook;
    const policyFor = (state: CustomerState, at: Instant, command?: unknown): Ruled =>
      this.ruling(state.pack ?? (command as Partial<RegisterCustomer> | undefined)?.pack, at);
    this.executor = new CommandExecutor(customerAggregate, { store, vault, clock: this.clock, policyFor });
  }

  execute<C>(request: Request<C, CustomerState, CustomerEvent, Policy>): Promise<Executed | Refusal> {
    return this.executor.execute(request);
  }

  /** How a customer stands now, whoever wrote to the file; undefined where there is none. */
  state(customerId: string): Promise<CustomerState | undefined> {
    return foldedNow(this.parts.store, customerAggregate, customerId);
  }

  /** The words and visits of the pack that speaks of the customer, as they are in force now. */
  policyOf({ pack }: Pick<CustomerState, 'pack'>): Policy {
    const found = this.ruling(pack, this.clock.now());
    // A pack that was once on record is never taken off it.
    if (isRefusal(found)) throw new Error(`there is no pack ${pack}`);
    return found.policy;
  }

  /** A file lives for years: the version in force rules each command, not that under which it was opened. */
  private ruling(pack: string | undefined, at: Instant): Ruled {
    const found = this.rulebook.ruling(undefined, at, pack === undefined ? {} : { pack });
    if (isRefusal(found)) return found;
    return { pack: found.pack, version: found.version, policy: this.parts.held(found.policy) };
  }
}
