import { pino } from 'pino';
import { CASE_STREAM_PREFIX, type CaseEvent } from '#cases';
import { CUSTOMER_STREAM_PREFIX, type CustomerEvent } from '#customers';
import { accept, ENGINE, isRefusal, newId } from '#kernel';
import { Engine } from '../../api/engine/engine.js';
import { readSettings } from '../../api/start-up/settings.js';
import { Telemetry } from '../../api/telemetry.js';
import { BackupRefused } from './refusal.js';

export interface ErasedBefore {
  readonly folder: string;
  readonly testLog: boolean;
  readonly masterKey: string | undefined;
  /** By stream: the keys that the ledger says were erased, though the restored log does not know it yet. */
  readonly lost: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Puts on record again who was erased after the backup was made: their keys are gone by the ledger, and a key that is missing
 * without `SubjectErased` would be an alarm (EVENTS.md 8). @returns the cases and customers
 */
export async function eraseAgain({ folder, testLog, masterKey, lost }: ErasedBefore): Promise<string[]> {
  const streams = [...lost].filter(([stream]) =>
    [CASE_STREAM_PREFIX, CUSTOMER_STREAM_PREFIX].some((it) => stream.startsWith(it)),
  );
  if (streams.length === 0) return [];
  const settings = readSettings({
    REDRESS_DATA: folder,
    REDRESS_PROJECTIONS: 'pause',
    ...(testLog && { REDRESS_TEST_CLOCK: '1' }),
    ...(masterKey !== undefined && { REDRESS_MASTER_KEY: masterKey }),
  });
  const logger = pino({ level: 'silent' });
  const engine = await Engine.open(settings, { logger, telemetry: new Telemetry(), bootstrap: false, notify: false });
  try {
    for (const [stream, keyIds] of streams) await eraseIn(engine, stream, [...keyIds]);
    return streams.map(([stream]) => idOf(stream));
  } finally {
    await engine.close();
  }
}

const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

async function eraseIn(engine: Engine, stream: string, keyIds: readonly string[]): Promise<void> {
  const request = { ...sent(), id: idOf(stream), command: {} };
  const among = (parties: readonly string[]): string[] => parties.filter((partyId) => keyIds.includes(partyId));
  const outcome = stream.startsWith(CASE_STREAM_PREFIX)
    ? await engine.executor.execute({
        ...request,
        decide: (_command, { parties }) => erased<CaseEvent>(among(parties.map(({ partyId }) => partyId)), keyIds),
      })
    : await engine.customers.execute({
        ...request,
        decide: (_command, { partyId, contacts }) => erased<CustomerEvent>(among([partyId, ...contacts]), keyIds),
      });
  if (isRefusal(outcome))
    throw new BackupRefused('NOT_ERASED', `${stream} could not be erased again: ${outcome.code}.`);
}

const sent = () => ({ commandId: newId(), digest: '', actor: ENGINE, correlationId: 'erased before the restore' });

const erased = <E extends CaseEvent | CustomerEvent>(parties: readonly string[], keyIds: readonly string[]) =>
  accept<E>([{ type: 'SubjectErased', data: { parties, keyIds } } as E]);
