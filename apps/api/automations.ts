import type { KeepRepeats, RecomputeProvisional, SettleDue } from '#automations';
import { Duty } from '../worker/duty.js';
import { customerStandings } from './customers/standing.js';
import { routineVisits, settleVisits } from './customers/visits.js';
import type { Engine } from './engine.js';
import type { LogEnd, Surroundings } from './parts.js';
import { keepRepeats, repeatsStatus } from './repeats.js';
import { recomputeProvisional } from './rules/recompute.js';
import { keepSheets } from './sheets.js';
import { settleDue } from './timer.js';

/**
 * What the engine does by itself, composed: each follows the log or its views, and goes on where it stood. Where processes share
 * a log, each of the automations is done by one of them.
 */
export class Automations {
  readonly timer: SettleDue;
  readonly recomputing: RecomputeProvisional;
  readonly repeats: KeepRepeats;
  private readonly duties: readonly Duty[];

  constructor(
    private readonly engine: Engine,
    surroundings: Surroundings,
    end: LogEnd,
  ) {
    const { logger, telemetry } = surroundings;
    const onFailure = (what: string) => (error: unknown) =>
      logger.error({ err: error }, `${what} failed and will try again`);
    this.timer = settleDue(engine, {
      onSettled: (outcome) => telemetry.caseSettled(outcome),
      onFailure: onFailure('the timer'),
    });
    this.recomputing = recomputeProvisional(engine, { onFailure: onFailure('counting deadlines again') });
    this.repeats = keepRepeats(engine, end.delivered, { onFailure: onFailure('matching repeats') });
    const work = {
      timer: this.timer,
      recomputing: this.recomputing,
      repeats: this.repeats,
      sheets: keepSheets(engine, { onFailure: onFailure('opening sheets') }),
      visitsDue: settleVisits(engine, { onFailure: onFailure('the timer of visits') }),
      visits: routineVisits(engine, { onFailure: onFailure('opening visits') }),
      standings: customerStandings(engine, { onFailure: onFailure('telling cases of their customers') }),
      ...(surroundings.notify !== false && { notifications: engine.notifications }),
    };
    const log = {
      info: (facts: object, message: string) => logger.info(facts, message),
      error: (facts: object, message: string) => logger.error(facts, message),
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
  }

  /** The views moved, or time can be trusted again: there may be something to do for those that this process runs. */
  arm(names: readonly string[] = ['timer', 'repeats', 'visitsDue']): void {
    for (const duty of this.duties) if (names.includes(duty.name)) duty.arm();
  }

  async stop(): Promise<void> {
    await Promise.all(this.duties.map((duty) => duty.stop()));
  }
}
