import { caseAggregate, caseStream, type CaseEvent, type CaseState } from '#cases';
import { customerAggregate, customerKeysOf, type CustomerEvent } from '#customers';
import type { EventStore } from '#event-store';
import { openEmbeddedEventStore } from '#event-store/embedded';
import { CommandExecutor } from '#execution';
import { accept, decodeEvent, ENGINE, isRefusal, newId, SystemClock, type Position, type RecordedEvent } from '#kernel';
import { groupPack, type Policy } from '#policy';
import type { Vault } from '#privacy';
import { loadMasterKey, openEmbeddedVault } from '#privacy/embedded';

/** The keys of a party and of every text that mentions them (EVENTS.md 7). */
export function keysOf(party: string, events: readonly RecordedEvent[]): string[] {
  const parts = events.flatMap(({ personal }) => Object.values(personal));
  const theirs = parts.filter(({ keyId, mentions }) => keyId === party || mentions?.includes(party));
  return [...new Set([party, ...theirs.map(({ keyId }) => keyId)])];
}

export interface Holders {
  readonly store: EventStore;
  readonly vault: Vault;
}

/**
 * Erases parties of a case by hand: `SubjectErased` is written, the keys are destroyed (EVENTS.md 8). Erasure on request is
 * a later issue's; this is what it will have to do.
 */
export async function erase({ store, vault }: Holders, caseId: string, parties: readonly string[]): Promise<Position> {
  const stored = await store.readStream(caseStream(caseId));
  const events = stored.flatMap((event) => decodeEvent(event, caseAggregate.upcasts) ?? []);
  const keyIds = [...new Set(parties.flatMap((party) => keysOf(party, events)))];
  const policy = groupPack();
  const executor = new CommandExecutor<CaseState, CaseEvent, Policy>(caseAggregate, {
    store,
    vault,
    clock: new SystemClock(),
    policyFor: () => ({ pack: policy.id, version: policy.version, policy }),
  });
  const outcome = await executor.execute({
    id: caseId,
    command: {},
    decide: () => accept<CaseEvent>([{ type: 'SubjectErased', data: { parties, keyIds } }]),
    commandId: newId(),
    digest: '',
    actor: ENGINE,
    correlationId: 'erased by hand',
  });
  if (isRefusal(outcome)) throw new Error(`not erased: ${outcome.code}`);
  await vault.destroy(keyIds);
  return (await store.head())!;
}

/** Erases a customer, or a contact of theirs, in the same way. */
export async function eraseCustomer({ store, vault }: Holders, customerId: string, party?: string): Promise<Position> {
  const policy = groupPack();
  const executor = new CommandExecutor(customerAggregate, {
    store,
    vault,
    clock: new SystemClock(),
    policyFor: () => ({ pack: policy.id, version: policy.version, policy }),
  });
  const { state } = (await executor.load(customerId))!;
  const parties = [party ?? state.partyId];
  const keyIds = parties.flatMap((it) => customerKeysOf(state, it));
  const outcome = await executor.execute({
    id: customerId,
    command: {},
    decide: () => accept<CustomerEvent>([{ type: 'SubjectErased', data: { parties, keyIds } }]),
    commandId: newId(),
    digest: '',
    actor: ENGINE,
    correlationId: 'erased by hand',
  });
  if (isRefusal(outcome)) throw new Error(`not erased: ${outcome.code}`);
  await vault.destroy(keyIds);
  return (await store.head())!;
}

/** The same on a folder that nothing runs on. */
export async function eraseByHand(folder: string, caseId: string, parties: readonly string[]): Promise<void> {
  const holders = await openHolders(folder);
  try {
    await erase(holders, caseId, parties);
  } finally {
    await holders.store.close();
    await holders.vault.close();
  }
}

export async function openHolders(folder: string): Promise<Holders> {
  const vault = await openEmbeddedVault({ folder, masterKey: loadMasterKey({ folder }), pool: true });
  return { vault, store: await openEmbeddedEventStore({ folder }) };
}
