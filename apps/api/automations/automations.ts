import type { KeepRepeats, RecomputeProvisional, SettleDue, SettleDuePorts } from '#automations';
import type { Carrier, Receiver } from '#jobs';
import { Duty } from '../../worker/duty.js';
import { LongJobWorkers } from '../../worker/long-job-workers.js';
import { customerStandings } from './customer-standing.js';
import { routineVisits, settleVisits } from './visits.js';
import type { Engine } from '../engine/engine.js';
import type { LogEnd, Surroundings } from '../engine/parts.js';
import { keepHeads } from './heads.js';
import { keepRepeats, repeatsStatus } from './repeats.js';
import { recomputeProvisional } from './recompute.js';
import { keepSheets } from './sheets.js';
import { receiveSettlements, settleDue } from './timer.js';

/**
 * What the engine does by itself, composed: each follows the log or its views, and goes on where it stood. Where processes share
 * a log, each of the automations is done by one of them.
 */
export class Automations {
  readonly timer: SettleDue;
  readonly recomputing: RecomputeProvisional;
  readonly repeats: KeepRepeats;
  private readonly longJobs: LongJobWorkers;
  private readonly duties: readonly Duty[];
  private readonly told: Pick<SettleDuePorts, 'onSettled' | 'onFailure'>;
  private receiver: Receiver | undefined;
  private unhear: () => void = () => undefined;

  constructor(
    private readonly engine: Engine,
    private readonly surroundings: Surroundings,
    end: LogEnd,
  ) {
    const { logger, telemetry } = surroundings;
    const onFailure = (what: string) => (error: unknown) =>
      logger.error({ err: error }, `${what} failed and will try again`);
    this.told = { onSettled: (outcome) => telemetry.caseSettled(outcome), onFailure: onFailure('the timer') };
    this.timer = settleDue(engine, this.told, engine.carrier);
    this.recomputing = recomputeProvisional(engine, { onFailure: onFailure('counting deadlines again') });
    this.repeats = keepRepeats(engine, end.delivered, { onFailure: onFailure('matching repeats') });
    const log = {
      info: (facts: object, message: string) => logger.info(facts, message),
      warn: (facts: object, message: string) => logger.warn(facts, message),
      error: (facts: object, message: string) => logger.error(facts, message),
    };
    this.longJobs = new LongJobWorkers({ desk: engine.longJobs, carrier: engine.carrier, log }, [
      engine.importJobs,
      engine.whatIfs,
    ]);
    const work = {
      timer: this.timer,
      recomputing: this.recomputing,
      repeats: this.repeats,
      sheets: keepSheets(engine, { onFailure: onFailure('opening sheets') }),
      heads: keepHeads(engine, { onFailure: onFailure('gathering cases under their heads') }),
      visitsDue: settleVisits(engine, { onFailure: onFailure('the timer of visits') }),
      visits: routineVisits(engine, { onFailure: onFailure('opening visits') }),
      standings: customerStandings(engine, { onFailure: onFailure('telling cases of their customers') }),
      longJobs: this.longJobs,
      ...(surroundings.notify !== false && { notifications: engine.notifications }),
    };
    this.duties = Object.entries(work).map(([name, it]) => new Duty(name, it, engine.checkpoints.shared, log));
    telemetry.observe('redress_automation_lag', 'Changes that wait for an automation', 'automation', async () => {
      const { name, lagChanges } = await repeatsStatus(engine);
      return new Map(lagChanges === null ? [] : [[name, lagChanges]]);
    });
    engine.projector.onAdvance(() => this.arm());
    engine.projector.onStatus(() => this.arm(['repeats']));
  }

  start(): void {
    this.engine.rulebook.onPublished(() => this.arm(['recomputing']));
    for (const duty of this.duties) duty.start();
    if (this.engine.carrier) this.receive(this.engine.carrier);
  }

  workOnLongJobs(): void {
    this.longJobs.start();
    this.longJobs.receive();
  }

  /** The views moved, or time can be trusted again: there may be something to do for those that this process runs. */
  arm(names: readonly string[] = ['timer', 'repeats', 'visitsDue']): void {
    for (const duty of this.duties) if (names.includes(duty.name)) duty.arm();
  }

  async stop(): Promise<void> {
    this.unhear();
    await Promise.all(this.duties.map((duty) => duty.stop()));
    await Promise.all([this.receiver?.stop(), this.longJobs.close()]);
  }

  /** What is due is found by one process, and done by all. */
  private receive(carrier: Carrier): void {
    this.receiver = receiveSettlements(this.engine, carrier, this.told);
    this.longJobs.receive();
    if (this.surroundings.notify !== false) this.engine.notifications.receive();
    this.unhear = carrier.onLost(() => this.timer.forget());
  }
}
