import { createHmac } from 'node:crypto';
import type { Actor, JsonObject, Refusal } from '#kernel';
import { deriveId, isRefusal, refuse } from '#kernel';
import type { Executed } from '#execution';
import type { ImportResult } from '#import';
import { caseCommand } from '#cases';
import type { CaseExecutor } from '../engine/executor.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';

export type { ImportResult };

export interface ImportPorts {
  readonly executor: CaseExecutor;
  readonly secret: (purpose: string) => Buffer;
}

/**
 * Takes in cases as their source tells them, each with one append. A case is known by its source and key, whoever imports it, so
 * another administrator running it again adds nothing (EVENTS.md 2).
 */
export class CaseImport {
  private readonly definition = caseCommand('ImportHistory');
  private readonly secrets: { readonly id: Buffer; readonly digest: Buffer };

  constructor(private readonly ports: ImportPorts) {
    this.secrets = { id: ports.secret('import-id'), digest: ports.secret('command-digest') };
  }

  importCases(cases: readonly unknown[], actor: Actor, correlationId: string): Promise<ImportResult[]> {
    return Promise.all(cases.map((historical) => this.importCase(historical, actor, correlationId)));
  }

  private async importCase(historical: unknown, actor: Actor, correlationId: string): Promise<ImportResult> {
    const told = (historical ?? {}) as { source?: unknown; sourceKey?: unknown };
    const sourceKey = typeof told.sourceKey === 'string' ? told.sourceKey : '';
    const source = typeof told.source === 'string' ? told.source : '';
    const command = this.read(historical);
    if (isRefusal(command)) return refused(sourceKey, command);
    const id = deriveId(this.secrets.id, source, sourceKey);
    // Looked for first: a case that is known would otherwise use up the keys of a new one before the log says so.
    await this.ports.executor.load(id);
    const outcome = await this.ports.executor.execute({
      id,
      create: true,
      decide: this.definition.decide as never,
      command,
      commandId: deriveId(this.secrets.id, 'command', source, sourceKey),
      digest: this.digestOf(historical as JsonObject),
      actor,
      correlationId,
    });
    return isRefusal(outcome) ? refused(sourceKey, changed(outcome)) : taken(sourceKey, id, outcome);
  }

  private read(historical: unknown): object | Refusal {
    try {
      return validated(this.definition.command as never, historical);
    } catch (error) {
      if (error instanceof ProblemError) return refuse(error.code, error.facts);
      throw error;
    }
  }

  /** What the source says; when it was read, and by which mapping, may differ from run to run. */
  private digestOf({ takenOverAt: _at, mapping: _mapping, ...said }: JsonObject): string {
    return createHmac('sha256', this.secrets.digest)
      .update(`ImportHistory\n${JSON.stringify(said)}`)
      .digest('hex');
  }
}

const taken = (sourceKey: string, caseId: string, { repeated }: Executed): ImportResult => ({
  sourceKey,
  caseId,
  status: repeated ? 'known' : 'imported',
});

/** The same source and key, but another story: what is on record stays as it is. */
const changed = (refusal: Refusal): Refusal =>
  refusal.code === 'IDEMPOTENCY_KEY_REUSED' ? refuse('SOURCE_CASE_CHANGED', refusal.facts) : refusal;

const refused = (sourceKey: string, { code, facts }: Refusal): ImportResult => ({
  sourceKey,
  status: 'refused',
  code,
  ...(Object.keys(facts).length === 0 ? {} : { detail: JSON.stringify(facts) }),
});
