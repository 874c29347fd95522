import type { EngineProcess } from '../../support/engine.js';
import type { Random } from '../../support/random.js';
import { drawOrder, type KnownCase, type Order } from './orders.js';

/** What a command was answered; a refusal has no place in the log. */
export interface Answered {
  readonly order: Order;
  readonly status: number;
  readonly caseId: string | undefined;
  readonly revision: number | undefined;
  readonly position: string | undefined;
  readonly result: unknown;
  /** Of a refusal or a problem. */
  readonly code: string | undefined;
  /** It had been written before this answer: by the sending whose answer the kill swallowed. */
  readonly repeated: boolean;
}

/** The first answer of each order, and the orders that a kill left without one. */
export class Load {
  readonly answers = new Map<string, Answered>();
  readonly unanswered: Order[] = [];
  readonly cases: KnownCase[] = [];
  private sent = 0;
  private stopped = true;

  constructor(
    private readonly engine: Pick<EngineProcess, 'get' | 'post'>,
    private readonly senders: readonly string[],
    private readonly random: Random,
  ) {}

  /** Lets writers send until the engine is gone. `onAnswer` is told how many answers came in this round. */
  async until(writers: number, onAnswer: (count: number) => void): Promise<void> {
    this.stopped = false;
    let count = 0;
    let now = await this.now();
    const write = async (random: Random): Promise<void> => {
      while (!this.stopped) {
        const order = drawOrder(random, `order-${++this.sent}`, this.cases, now);
        if (await this.send(order)) onAnswer(++count);
        else this.unanswered.push(order);
      }
    };
    // Time goes on by hours, so that deadlines break and the timer writes between the commands.
    const moveTime = async (random: Random): Promise<void> => {
      while (!this.stopped) {
        const advanceMs = random.between(1, 6 * 3_600_000);
        const moved = await this.engine.post('/test-clock', { advanceMs }).catch(() => undefined);
        if (moved === undefined) this.stopped = true;
        else now = moved.body.now as string;
      }
    };
    await Promise.all([
      ...Array.from({ length: writers }, () => write(this.random.fork())),
      moveTime(this.random.fork()),
    ]);
  }

  /** Sends what was left without an answer again, as it was. @returns how many, and how many of them had been written */
  async resend(): Promise<{ resent: number; written: number }> {
    const orders = this.unanswered.splice(0);
    const answers = await Promise.all(orders.map((order) => this.send(order)));
    if (answers.some((answer) => answer === undefined)) throw new Error('the engine does not answer after its restart');
    return { resent: orders.length, written: answers.filter((answer) => answer?.repeated).length };
  }

  /** Sends orders that were answered once more. @returns those that were answered otherwise than the first time */
  async repeat(count: number): Promise<string[]> {
    const accepted = [...this.answers.values()].filter(({ revision }) => revision !== undefined);
    const differing: string[] = [];
    for (let left = count; left > 0 && accepted.length > 0; left--) {
      const first = this.random.pick(accepted);
      const again = await this.answer(first.order);
      const same = again !== undefined && again.repeated && outcomeOf(again) === outcomeOf(first);
      if (!same) differing.push(`${outcomeOf(first)} then ${again === undefined ? 'nothing' : outcomeOf(again)}`);
    }
    return differing;
  }

  private async send(order: Order): Promise<Answered | undefined> {
    const answer = await this.answer(order);
    if (answer === undefined) this.stopped = true;
    else this.learn(answer);
    return answer;
  }

  /** Nothing where no whole answer came. */
  private async answer(order: Order): Promise<Answered | undefined> {
    try {
      const { status, body, headers } = await this.engine.post(order.path, order.body, {
        authorization: `Bearer ${this.senders[order.sender]!}`,
        'idempotency-key': order.id,
        'x-correlation-id': order.id,
      });
      const { caseId, revision, position, result, code } = body;
      return {
        order,
        status,
        caseId,
        revision,
        position,
        result,
        code,
        repeated: headers.get('idempotency-replayed') === 'true',
      };
    } catch {
      return undefined;
    }
  }

  private learn(answer: Answered): void {
    const { order, caseId, result } = answer;
    this.answers.set(order.id, answer);
    if (caseId === undefined) return;
    if (order.name === 'ReceiveCase') this.cases.push({ caseId, ids: {} });
    const known = this.cases.find((it) => it.caseId === caseId);
    if (known !== undefined) Object.assign(known.ids, result);
  }

  private async now(): Promise<string> {
    return (await this.engine.get('/clock')).body.now as string;
  }
}

const outcomeOf = ({ status, caseId, revision, position, result }: Answered): string =>
  JSON.stringify({ status, caseId, revision, position, result });
