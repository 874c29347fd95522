import type { KeepHeads, KeepRepeats, KeepSheets, RecomputeProvisional, SettleDue } from '#automations';
import type { Position } from '#kernel';
import type { Engine } from './engine.js';
import type { Surroundings } from './parts.js';
import { keepHeads } from './heads.js';
import { keepRepeats, repeatsStatus } from './repeats.js';
import { recomputeProvisional } from './rules/recompute.js';
import { keepSheets } from './sheets.js';
import { settleDue } from './timer.js';

/** What the engine does by itself, composed: each follows the log or its views, and goes on where it stood. */
export class Automations {
  readonly timer: SettleDue;
  readonly recomputing: RecomputeProvisional;
  readonly repeats: KeepRepeats;
  private readonly sheets: KeepSheets;
  private readonly heads: KeepHeads;

  constructor(
    private readonly engine: Engine,
    private readonly surroundings: Surroundings,
    head: Position,
  ) {
    const { logger, telemetry } = surroundings;
    const onFailure = (what: string) => (error: unknown) =>
      logger.error({ err: error }, `${what} failed and will try again`);
    this.timer = settleDue(engine, {
      onSettled: (outcome) => telemetry.caseSettled(outcome),
      onFailure: onFailure('the timer'),
    });
    this.recomputing = recomputeProvisional(engine, { onFailure: onFailure('counting deadlines again') });
    this.repeats = keepRepeats(engine, head, { onFailure: onFailure('matching repeats') });
    this.sheets = keepSheets(engine, head, { onFailure: onFailure('opening sheets') });
    this.heads = keepHeads(engine, head, { onFailure: onFailure('gathering cases under their heads') });
    telemetry.observe('redress_automation_lag', 'Changes that wait for an automation', 'automation', async () => {
      const { name, lagChanges } = await repeatsStatus(engine);
      return new Map(lagChanges === null ? [] : [[name, lagChanges]]);
    });
    engine.projector.onAdvance(() => this.arm());
    engine.projector.onStatus(() => this.repeats.arm());
  }

  start(): void {
    this.arm();
    if (this.surroundings.notify !== false) this.engine.notifications.start();
    this.engine.rulebook.onPublished(() => this.recomputing.arm());
    this.recomputing.arm();
    this.sheets.start();
    this.heads.start();
  }

  /** The views moved, or time can be trusted again: there may be something to do. */
  arm(): void {
    this.timer.arm();
    this.repeats.arm();
  }

  async stop(): Promise<void> {
    await this.recomputing.stop();
    await this.timer.stop();
    await this.repeats.stop();
    await this.sheets.stop();
    await this.heads.stop();
  }
}
