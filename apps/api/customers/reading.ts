import {
  customerAggregate,
  customerStream,
  isErased,
  type CustomerState,
  type RecordedCustomerEvent,
} from '#customers';
import { StreamNotFound } from '#event-store';
import { decodeEvent, type Instant, type Json, type JsonObject } from '#kernel';
import { erasedKeysIn, openParts } from '#privacy';
import type { Engine } from '../engine/engine.js';
import type { ShownPart } from '../feed/cloud-event.js';

/** An event of a customer's file with its words as the reader may see them. */
interface Told {
  readonly sealed: RecordedCustomerEvent;
  readonly personal: Readonly<Record<string, ShownPart>>;
}

/** Answers about one customer from their own events. */
export class CustomerReading {
  constructor(private readonly engine: Engine) {}

  /** The file as it stands; undefined where there is none. */
  async file(customerId: string, open: boolean): Promise<JsonObject | undefined> {
    const told = await this.told(customerId, open);
    if (told === undefined || told.length === 0) return undefined;
    const state = told.reduce((before, { sealed }) => customerAggregate.evolve(before, sealed), INITIAL);
    const { customers, routineVisits } = this.engine.customers.policyOf(state);
    const words = wordsOf(told);
    const labelOf = (known: readonly { id: string; label: object }[], id: string | undefined): Json =>
      (known.find((it) => it.id === id)?.label as JsonObject | undefined) ?? null;
    return defined({
      customerId,
      kind: state.kind,
      pack: state.pack,
      unit: state.unit,
      consent: state.consent,
      registeredAt: state.registeredAt,
      enteredBy: state.enteredBy,
      reviewed: state.reviewed,
      erased: isErased(state) ? true : undefined,
      given: state.given,
      details: isErased(state) ? { erased: true } : words.details,
      tier: state.tier,
      tierLabel: labelOf(customers.tiers, state.tier),
      quality: state.quality.map((it) => ({ ...it, label: labelOf(customers.qualityGrounds, it.ground) })),
      special: state.special,
      specialGroups: state.special ? words.groups : undefined,
      milestones: state.milestones.map((it) => ({ ...it, label: labelOf(customers.milestones, it.milestone) })),
      contacts: state.contacts.map((contactId) => ({ contactId, details: words.contacts.get(contactId) })),
      liaisons: state.liaisons.map((person) => this.named(person)),
      visits: [...state.visits]
        .sort((a, b) => (a.opensAt < b.opensAt ? -1 : 1))
        .map((it) => ({ ...it, label: labelOf(routineVisits, it.visit) })),
      duties: state.duties
        .filter((it) => it.state !== 'cancelled')
        .map((it) => ({
          ...it,
          label: labelOf(customers.fileDuties, it.duty),
          owedBy: customers.fileDuties.find(({ id }) => id === it.duty)?.owedBy,
        }))
        .map(defined),
      notes: words.notes,
      ...standing(told),
    });
  }

  /** Who did what to the file, when, and why. */
  async timeline(customerId: string, open: boolean): Promise<readonly JsonObject[] | undefined> {
    const told = await this.told(customerId, open);
    return told?.map(({ sealed: { id, revision, type, data, meta }, personal }) =>
      defined({
        id,
        revision,
        type,
        occurredAt: meta.occurredAt,
        recordedAt: meta.recordedAt,
        actor: { ...meta.actor, ...this.named(meta.actor.id) },
        policy: meta.policy,
        correlationId: meta.correlationId,
        commandId: meta.command.id,
        data,
        personal,
      }),
    );
  }

  private named(id: string): { readonly id: string; readonly name?: string } {
    const name = this.engine.directory.listPeople().find((person) => person.id === id)?.name;
    return name === undefined ? { id } : { id, name };
  }

  private async told(customerId: string, open: boolean): Promise<readonly Told[] | undefined> {
    const events = await this.events(customerId);
    if (events === undefined) return undefined;
    if (!open) {
      return events.map((sealed) => ({
        sealed,
        personal: Object.fromEntries(Object.keys(sealed.personal).map((part) => [part, { withheld: true as const }])),
      }));
    }
    const shown = await openParts(
      this.engine.vault,
      async () => erasedKeysIn(events),
      events,
      this.engine.feed.ports.onLost,
    );
    return events.map((sealed, index) => ({ sealed, personal: shown[index]!.personal }));
  }

  private async events(customerId: string): Promise<readonly RecordedCustomerEvent[] | undefined> {
    try {
      const stored = await this.engine.store.readStream(customerStream(customerId));
      return stored.flatMap((event) => decodeEvent(event, customerAggregate.upcasts) ?? []) as RecordedCustomerEvent[];
    } catch (error) {
      if (error instanceof StreamNotFound) return undefined;
      throw error;
    }
  }
}

const INITIAL: CustomerState = customerAggregate.initial;

interface Words {
  details: ShownPart | undefined;
  groups: ShownPart | undefined;
  readonly contacts: Map<string, ShownPart>;
  readonly notes: { readonly noteId: string; readonly at: Instant; readonly by: string; readonly text: ShownPart }[];
}

/** What stands in the file in words: the last that was said of each. */
function wordsOf(told: readonly Told[]): Words {
  const words: Words = { details: undefined, groups: undefined, contacts: new Map(), notes: [] };
  for (const { sealed: event, personal } of told) {
    switch (event.type) {
      case 'CustomerRegistered':
      case 'DetailsCorrected':
        words.details = personal['details'];
        break;
      case 'SpecialOwnerListed':
        words.groups = personal['groups'];
        break;
      case 'ContactAdded':
      case 'ContactCorrected':
        words.contacts.set(event.data.contactId, personal['details']!);
        break;
      case 'NoteAdded': {
        const { noteId } = event.data;
        words.notes.push({ noteId, at: event.meta.occurredAt, by: event.meta.actor.id, text: personal['text']! });
        break;
      }
      default:
    }
  }
  return words;
}

/** The ETag names the last revision that a person or another system caused, not the timer. */
function standing(told: readonly Told[]): { readonly revision: number; readonly etag: string } {
  const last = told.at(-1)!.sealed.revision;
  const caused = told.findLast(({ sealed }) => sealed.meta.actor.role !== 'engine')?.sealed.revision ?? -1;
  return { revision: last, etag: `"${caused}"` };
}

const defined = (fields: object): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, Json>;
