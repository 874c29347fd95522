import {
  CASE_KINDS,
  CHANNELS,
  CIRCUMSTANCES,
  OUTCOMES,
  PHASES,
  SEVERITIES,
  type CaseKind,
  type Channel,
  type Circumstance,
  type Outcome,
  type Phase,
  type Severity,
  type WaitingFor,
} from '../domain/index.js';
import { CaseCommand, PersonDetails } from '../command.js';
import {
  BooleanField,
  ChoiceField,
  CodeField,
  InstantField,
  IntField,
  LabelField,
  ListField,
  NestedField,
  NestedListField,
  TextField,
  ValuesField,
} from '../fields.js';

/** One row or entry of the source. What it does not say is left out. */
export class HistoricalEntry {
  @InstantField()
  at!: string;

  @IntField({ optional: true })
  line?: number;

  @LabelField({ optional: true, description: 'The state as the source writes it' })
  state?: string;

  @LabelField({ optional: true })
  subState?: string;

  @ChoiceField(PHASES, { optional: true, description: 'Where the case stands after this entry' })
  phase?: Phase;

  @ChoiceField(['customer', 'third_party'], { optional: true })
  waitingFor?: WaitingFor;

  @LabelField({ optional: true })
  unit?: string;

  @LabelField({ optional: true, description: 'A pseudonym; names are personal and do not belong here' })
  owner?: string;

  @ChoiceField(OUTCOMES, { optional: true, description: 'settled where a case is resolved without saying how' })
  outcome?: Outcome;

  @ChoiceField(SEVERITIES, { optional: true })
  severity?: Severity;

  @LabelField({ optional: true })
  category?: string;

  @LabelField({ optional: true, description: 'A verdict the source states, kept beside the engine’s own' })
  statedVerdict?: string;

  @BooleanField({ optional: true, description: 'Whether the complainant was answered here' })
  replied?: boolean;

  @TextField({ optional: true })
  text?: string;
}

/** Each text has a key of its own, and an append has at most a thousand of them. */
const MAX_ENTRIES = 900;

/** A case of another system with its whole past, up to the instant at which this engine takes it over (EVENTS.md 18). */
export class ImportHistory extends CaseCommand {
  @TextField({ max: 1000, description: 'What the source calls the case; personal' })
  sourceKey!: string;

  @LabelField()
  source!: string;

  @LabelField()
  mapping!: string;

  @ChoiceField(CASE_KINDS)
  kind!: CaseKind;

  @ChoiceField(CHANNELS)
  channel!: Channel;

  @LabelField({ optional: true })
  category?: string;

  @LabelField({ optional: true })
  unit?: string;

  @CodeField({ optional: true, description: 'The policy pack that rules it from the take-over on' })
  pack?: string;

  @IntField({ min: 1, max: 1_000_000 })
  persons!: number;

  @ListField(CIRCUMSTANCES)
  circumstances!: Circumstance[];

  @InstantField()
  openedAt!: string;

  @TextField({ optional: true })
  subject?: string;

  @TextField({ optional: true })
  content?: string;

  @NestedField(() => PersonDetails, { optional: true })
  complainant?: PersonDetails;

  @ValuesField({
    optional: true,
    description: "The pack's own fields, by id; what the pack does not know stays sealed",
  })
  fields?: Record<string, string | number | boolean>;

  @TextField({ optional: true, max: 1000 })
  externalReference?: string;

  @InstantField({ optional: true, description: 'The source’s own target for resolving it' })
  targetAt?: string;

  @InstantField()
  takenOverAt!: string;

  /** In the order of the source, which is not always the order in which things happened. */
  @NestedListField(() => HistoricalEntry, { max: MAX_ENTRIES })
  entries!: HistoricalEntry[];
}
