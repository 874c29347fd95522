import {
  loadMapping,
  MappingInvalid,
  parseMapping,
  shippedMappings,
  SourceUnreadable,
  type ImportMark,
  type RejectedRow,
} from '#import';
import { Unrecoverable, type LongJob, type LongJobState } from '#jobs';
import { refuse, type Actor, type Instant, type Json, type JsonObject, type Refusal } from '#kernel';
import type { InHand, LongJobKind } from '../../worker/long-job-workers.js';
import type { Engine } from '../engine/engine.js';
import { importCaseFile, importCustomerFile, type FileImport } from './file-imports.js';

export const IMPORTED = ['cases', 'customers'] as const;
export type Imported = (typeof IMPORTED)[number];

/** What is to be imported, and how it is read. */
export interface ImportAsked {
  readonly what: Imported;
  readonly fileName: string;
  /** For cases: the name of a mapping that ships, or the text of one. */
  readonly mapping?: { readonly name: string } | { readonly text: string };
}

/** What is plain of an import. */
type Order = {
  readonly what: Imported;
  /** The name of the mapping, `own` where its text was given. */
  readonly mapping: string | null;
  readonly actor: Actor;
  /** The cut-over of its cases (EVENTS.md 18). */
  readonly takenOverAt: Instant;
  readonly sizeBytes?: number;
};

type Given = { readonly fileName: string; readonly mapping: string | null };

/** How far it is: what is durable, how much of the file that is, and in how many parts its report stands. */
type Progress = ImportMark & { readonly done: number; readonly parts: number };

/** An import that was handed over: how far it has come, for whichever process is asked. */
export interface ImportShown extends Omit<ImportMark, 'items'> {
  readonly id: string;
  /** `awaiting_input` until its file is there. */
  readonly state: LongJobState;
  readonly what: Imported;
  readonly mapping: string | null;
  readonly fileName: string;
  readonly sizeBytes: number | null;
  readonly givenBy: string;
  readonly takenOverAt: Instant;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
  /** Until when it can be asked for; while it is worked on it is kept. */
  readonly expiresAt: Instant;
  /** Of the file, between 0 and 1. */
  readonly done: number;
  /** Code and reason of what went wrong last. */
  readonly failure: { readonly code: string; readonly detail: string | null } | null;
}

const KIND = 'imports';
const REPORT = 'report';
const BEGINNING: Progress = {
  ...{ items: 0, imported: 0, known: 0, refused: 0, rejectedRows: 0, byCode: {} },
  ...{ done: 0, parts: 0 },
};

/** Imports as long jobs: the file is handed over to any process, and whichever is free works on it. */
export class ImportJobs implements LongJobKind {
  readonly kind = KIND;

  constructor(private readonly engine: Engine) {}

  /** It waits for its file. @returns MAPPING_INVALID */
  async ask({ what, fileName, mapping }: ImportAsked, actor: Actor): Promise<ImportShown | Refusal> {
    const given: Given = { fileName, mapping: mapping === undefined ? null : 'text' in mapping ? mapping.text : null };
    const name = mapping !== undefined && 'name' in mapping ? mapping.name : null;
    const wrong = what === 'cases' ? wrongMapping(name, given.mapping) : undefined;
    if (wrong !== undefined) return wrong;
    const order: Order = {
      ...{ what, mapping: name ?? (given.mapping === null ? null : 'own') },
      ...{ actor, takenOverAt: this.engine.clock.now() },
    };
    const id = await this.engine.longJobs.take({ kind: KIND, order: order as unknown as JsonObject, given });
    return (await this.get(id))!;
  }

  /**
   * Takes its file in; from then on it is worked on. @returns undefined where there is no such import, IMPORT_HAS_FILE
   * @throws AttachmentTooLarge
   */
  async fill(
    id: string,
    content: AsyncIterable<Uint8Array>,
    limitBytes: number,
  ): Promise<ImportShown | Refusal | undefined> {
    const { longJobs } = this.engine;
    const job = await longJobs.find(KIND, id);
    if (job === undefined) return undefined;
    const isFilled = job.state === 'awaiting_input' && (await longJobs.fill(job, content, limitBytes));
    return isFilled ? this.get(id) : refuse('IMPORT_HAS_FILE', { id, state: job.state });
  }

  async get(id: string): Promise<ImportShown | undefined> {
    const job = await this.engine.longJobs.find(KIND, id);
    return job && this.shown(job);
  }

  /** The latest first. */
  async list(limit: number): Promise<ImportShown[]> {
    return Promise.all((await this.engine.longJobs.list(KIND, limit)).map((job) => this.shown(job)));
  }

  /** What was rejected so far, in the order of the file. @returns undefined where there is no such import */
  async report(id: string): Promise<AsyncGenerator<readonly RejectedRow[]> | undefined> {
    const job = await this.engine.longJobs.find(KIND, id);
    return job && this.engine.longJobs.results<readonly (RejectedRow & JsonObject)[]>(job, REPORT);
  }

  /** What is on record by now stays. @returns undefined where there is no such import, IMPORT_OVER */
  async cancel(id: string): Promise<ImportShown | Refusal | undefined> {
    const job = await this.engine.longJobs.find(KIND, id);
    if (job === undefined) return undefined;
    return (await this.engine.longJobs.cancel(job)) ? this.get(id) : refuse('IMPORT_OVER', { id, state: job.state });
  }

  async work(inHand: InHand): Promise<JsonObject> {
    const { job } = inHand;
    const { longJobs } = this.engine;
    const { what, mapping: name, actor, takenOverAt, sizeBytes = 0 } = job.order as unknown as Order;
    const { fileName, mapping } = await longJobs.given<Given>(job);
    let progress = progressOf(job);
    const run: FileImport = {
      ...{ engine: this.engine, actor, correlationId: `import-${job.id}`, from: progress, isResumed: inHand.isResumed },
      file: { name: fileName, sizeBytes, bytes: () => longJobs.input(job) },
      onMark: async (mark, rejected, done) => {
        const results =
          rejected.length === 0 ? [] : [{ name: REPORT, n: progress.parts, value: rejected as unknown as Json }];
        progress = { ...mark, done: Math.max(progress.done, done), parts: progress.parts + results.length };
        await inHand.checkpoint({ ...progress }, results);
      },
    };
    try {
      if (what === 'customers') await importCustomerFile(run);
      else await importCaseFile(run, mapping === null ? loadMapping(name!) : parseMapping(mapping, 'own'), takenOverAt);
    } catch (error) {
      if (error instanceof SourceUnreadable)
        throw new Unrecoverable('FILE_UNREADABLE', error.message, { cause: error });
      if (error instanceof MappingInvalid) throw new Unrecoverable(error.code, error.message, { cause: error });
      throw error;
    }
    return { ...progress, done: 1 };
  }

  private async shown(job: LongJob): Promise<ImportShown> {
    const { actor, what, mapping, takenOverAt, sizeBytes = null } = job.order as unknown as Order;
    const { items: _, parts: _parts, ...counts } = progressOf(job);
    const { longJobs } = this.engine;
    const { fileName } = await longJobs.given<Given>(job);
    const { id, state, createdAt, finishedAt = null, expiresAt, lastError } = job;
    const failure = lastError === undefined ? null : { code: lastError, detail: (await longJobs.failure(job)) ?? null };
    return {
      ...{ id, state, what, mapping, fileName, sizeBytes, givenBy: actor.id, takenOverAt },
      ...{ createdAt, finishedAt, expiresAt, ...counts, failure },
    };
  }
}

function wrongMapping(name: string | null, text: string | null): Refusal | undefined {
  if (name !== null && shippedMappings().includes(name)) return undefined;
  if (text === null) return refuse('MAPPING_INVALID', { known: shippedMappings() });
  try {
    parseMapping(text, 'own');
    return undefined;
  } catch (error) {
    if (error instanceof MappingInvalid) return refuse('MAPPING_INVALID', { faults: error.message.split('\n') });
    throw error;
  }
}

const progressOf = ({ progress }: LongJob): Progress => ({ ...BEGINNING, ...(progress as Partial<Progress>) });
