import { Input, InputNumber, Segmented, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { CategorySelect } from '../fields/category-select.tsx';
import { InstantInput } from '../fields/instant-input.tsx';
import { readable } from '../fields/personal-value.tsx';
import { UnitSelect } from '../fields/unit-select.tsx';
import { useNames, useSession, type Names } from '../frame/session.tsx';
import type { CaseShown, Label, Personal, Thing } from '../http/shapes.ts';
import type { Dictionary } from '../language/en.ts';
import { inLanguage, spelledOut, term, useLanguage, type Language } from '../language/language.tsx';
import { instantText } from '../time/instants.tsx';
import { FILE_TERMS, THINGS, type FormField, type Subject } from './form-fields.ts';

interface FieldControlProps {
  readonly field: FormField;
  readonly of: Subject | undefined;
  /** What the form's item hands down. */
  readonly id?: string;
  readonly value?: never;
  readonly onChange?: never;
}

/** The control that fits a field; what it holds is what is sent. */
export function FieldControl({ field, of, ...bound }: FieldControlProps): ReactNode {
  const { words } = useLanguage();
  const length = field.maxLength === undefined ? {} : { maxLength: field.maxLength };
  switch (field.kind) {
    case 'text':
      return <Input.TextArea {...bound} {...length} dir="auto" autoSize={{ minRows: 3, maxRows: 12 }} />;
    case 'line':
      return <Input {...bound} {...length} dir="auto" />;
    case 'choice':
      return <Select {...bound} allowClear={!field.required} options={translated(field, words)} />;
    case 'choices':
      return <Select {...bound} mode="multiple" options={translated(field, words)} />;
    case 'lines':
      return <Select {...bound} mode="tags" open={false} suffixIcon={null} />;
    case 'instant':
      return <InstantInput {...bound} />;
    case 'flag':
      return <Switch {...bound} />;
    case 'boolean':
      return field.required ? <Switch {...bound} /> : <YesNo {...bound} />;
    case 'number':
    case 'amount':
      return <NumberControl field={field} {...bound} />;
    case 'person':
    case 'persons':
      return <PersonSelect many={field.kind === 'persons'} {...bound} />;
    case 'unit':
      return <UnitSelect {...bound} />;
    case 'category':
      return <CategorySelect {...bound} />;
    case 'chain':
    case 'duty':
      return <OfPackSelect list={field.kind === 'chain' ? 'escalations' : 'clocks'} {...bound} />;
    case 'party':
    case 'parties':
    case 'thing':
      return <ThingSelect field={field} of={of} {...bound} />;
    case 'step':
      return <StepSelect of={of && 'rules' in of ? (of as CaseShown) : undefined} {...bound} />;
    case 'fileTerm':
    case 'fileTerms':
      return <FileTermSelect field={field} {...bound} />;
    case 'ofPack':
    case 'group':
    case 'groups':
      return null;
    default:
      return field.kind satisfies never;
  }
}

type Bound = Pick<FieldControlProps, 'id' | 'value' | 'onChange'>;

/** An amount is written in whole units and sent in hundredths. */
function NumberControl({ field, value, onChange, id }: Bound & { readonly field: FormField }) {
  const isAmount = field.kind === 'amount';
  const given = value as number | undefined;
  const change = onChange as ((value: number | undefined) => void) | undefined;
  return (
    <InputNumber
      {...(id ? { id } : {})}
      style={{ width: '100%' }}
      value={given === undefined ? null : isAmount ? given / 100 : given}
      onChange={(typed) => change?.(typed === null ? undefined : isAmount ? Math.round(typed * 100) : typed)}
      precision={isAmount ? 2 : 0}
      {...(field.minimum === undefined ? {} : { min: isAmount ? field.minimum / 100 : field.minimum })}
      {...(field.maximum === undefined ? {} : { max: isAmount ? field.maximum / 100 : field.maximum })}
    />
  );
}

/** Yes, no, or not said: a switch could not tell the last two apart. */
function YesNo({ value, onChange }: Bound) {
  const { words } = useLanguage();
  const change = onChange as ((value: boolean | undefined) => void) | undefined;
  return (
    <Segmented<string>
      value={value === undefined ? 'unknown' : value ? 'yes' : 'no'}
      onChange={(chosen) => change?.(chosen === 'unknown' ? undefined : chosen === 'yes')}
      options={(['unknown', 'yes', 'no'] as const).map((one) => ({ value: one, label: words.form[one] }))}
    />
  );
}

function PersonSelect({ many, ...bound }: Bound & { readonly many: boolean }) {
  const { people } = useSession();
  const options = people.map(({ id, name, unit }) => ({ value: id, label: unit ? `${name} · ${unit}` : name }));
  const search = { showSearch: { optionFilterProp: 'label' }, allowClear: true, options };
  return many ? <Select {...bound} mode="tags" {...search} /> : <Select {...bound} {...search} />;
}

/** A chain of escalation of the pack, or the clock of the pack that something answers. */
function OfPackSelect({ list, ...bound }: Bound & { readonly list: 'escalations' | 'clocks' }) {
  const { policy } = useSession();
  const { language } = useLanguage();
  const options = policy?.[list].map(({ id, label }) => ({ value: id, label: inLanguage(label, language) })) ?? [];
  return <Select {...bound} allowClear showSearch={{ optionFilterProp: 'label' }} options={options} />;
}

/** A word that the pack has for customers' files: a tier, a milestone, a ground of quality (C-1). */
function FileTermSelect({ field: { name, kind, required }, ...bound }: Bound & { readonly field: FormField }) {
  const { policy } = useSession();
  const { language } = useLanguage();
  const known = policy?.customers[FILE_TERMS[name]!] ?? [];
  const options = known.map(({ id, label }) => ({ value: id, label: inLanguage(label, language) }));
  return kind === 'fileTerms' ? (
    <Select {...bound} mode="multiple" options={options} />
  ) : (
    <Select {...bound} options={options} allowClear={!required} />
  );
}

/** A required step of the pack (H-4). */
function StepSelect({ of, ...bound }: Bound & { readonly of: CaseShown | undefined }) {
  const { language } = useLanguage();
  const steps = of?.rules.steps ?? [];
  if (steps.length === 0) return <Input {...bound} dir="auto" />;
  const options = steps.map(({ id, label }) => ({ value: id, label: inLanguage(label, language) }));
  return <Select {...bound} showSearch={{ optionFilterProp: 'label' }} options={options} />;
}

/** Chooses among what a case or file holds: parties, plans, promises, contacts … */
function ThingSelect({ field, of, ...bound }: Bound & { readonly field: FormField; readonly of: Subject | undefined }) {
  const { words, locale, language } = useLanguage();
  const names = useNames();
  const isOfParties = field.kind === 'party' || field.kind === 'parties';
  const list = isOfParties ? 'parties' : THINGS[field.name];
  const things = (of?.[list as keyof Subject] as readonly Thing[] | undefined) ?? [];
  const options = things.flatMap((thing, index) => {
    // An escalation that waits no longer cannot be acknowledged.
    if (field.name === 'escalationId' && thing['state'] !== 'open') return [];
    const id = thing[isOfParties ? 'partyId' : field.name];
    if (typeof id !== 'string') return [];
    return [{ value: id, label: `${index + 1} · ${gistOf(thing, { words, locale, language, names })}` }];
  });
  if (field.kind === 'parties') return <Select {...bound} mode="multiple" options={options} />;
  return options.length > 0 ? (
    <Select {...bound} options={options} allowClear={!field.required} />
  ) : (
    <Input {...bound} />
  );
}

interface Wording {
  readonly words: Dictionary;
  readonly locale: string;
  readonly language: Language;
  readonly names: Names;
}

function gistOf(thing: Thing, { words, locale, language, names }: Wording): string {
  const said = ['name', 'text', 'measures', 'reason', 'fileName', 'otherRef']
    .map((part) => readable(thing[part] as Personal | string | undefined))
    .find((text) => text !== undefined);
  const label = thing['label'] ? inLanguage(thing['label'] as Label, language) : undefined;
  const role = typeof thing['role'] === 'string' ? term(words.partyRole, thing['role']) : undefined;
  const state = typeof thing['state'] === 'string' ? term(words.value, thing['state']) : undefined;
  const amount = typeof thing['amountCents'] === 'number' ? (thing['amountCents'] / 100).toFixed(2) : undefined;
  const at = thing['dueAt'] ?? thing['reachedAt'];
  const due = typeof at === 'string' ? instantText(at, locale) : undefined;
  const chain = typeof thing['chain'] === 'string' ? names.chain(thing['chain']) : undefined;
  const level = typeof thing['level'] === 'number' ? words.escalation.level(thing['level']) : undefined;
  return (
    [label, role, chain, level, said?.slice(0, 60) ?? nameIn(thing['details']), amount, due, state]
      .filter(Boolean)
      .join(' · ') || String(Object.values(thing)[0])
  );
}

/** What a contact is called. */
const nameIn = (details: unknown): string | undefined =>
  (details as { readonly value?: { readonly name?: string } } | undefined)?.value?.name;

function translated({ name, options }: FormField, words: Dictionary) {
  const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    channel: words.channel,
    kind: words.kind,
    severity: words.severity,
    circumstances: words.circumstance,
    role: words.partyRole,
  };
  const terms: Readonly<Record<string, string>> = { ...words.phase, ...words.value, ...groups[name] };
  return options.map((value) => ({ value, label: Object.hasOwn(terms, value) ? terms[value] : spelledOut(value) }));
}
