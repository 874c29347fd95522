import { createHmac } from 'node:crypto';
import { DEFAULT_ZONE, instantIn } from '#calendar';
import { initialCustomer, registerCustomer, type RegisterCustomer } from '#customers';
import { readCsv, type RejectedRow, type Row, type SourceItem } from '#import';
import { deriveId, isRefusal, newId, refuse, type Actor, type Refusal } from '#kernel';
import type { Engine } from '../engine/engine.js';
import { ProblemError, problemOf } from '../http/problems.js';
import { validated } from '../http/validate.js';
import { RegisterCustomerBody } from './bodies.js';

/** What became of a row. */
export interface CustomerRowResult {
  readonly line: number;
  readonly status: 'recorded' | 'known' | 'rejected';
  readonly customerId?: string;
  readonly code?: string;
  readonly reason?: string;
}

export interface CustomerImportSummary {
  readonly recorded: number;
  readonly known: number;
  readonly rejected: number;
  /** By line; those that were recorded too, with the ids of their customers. */
  readonly rows: readonly CustomerRowResult[];
}

export interface CustomerImportOrder {
  readonly text: string;
  readonly dryRun?: boolean;
}

/** Columns that say what somebody is called and where they are, by the field that they fill. */
const DETAILS = {
  name: 'name',
  phone: 'phone',
  second_phone: 'secondPhone',
  email: 'email',
  address: 'address',
  room: 'room',
  plate: 'plate',
  reference: 'reference',
} as const;
const PLAIN = ['kind', 'unit', 'consent', 'tier'] as const;
const LISTS = { quality: 'qualityGrounds', special: 'specialOwner' } as const;
/** What another system calls the row: given again under the same key it is the same customer. */
const KEY = 'key';

/** So many rows are on their way at once: enough to fill a commit of the log. */
const AT_ONCE = 50;

/**
 * Brings customers of a CSV file on record, row by row; days of milestones are those of Asia/Shanghai. A row is known by its
 * `key`, else by all that stands in it: given again it adds nothing, whoever gives it. A row that is not taken is named with its
 * line, code and reason, and the rest goes on.
 * @throws SourceUnreadable where there is no column `name`, or one that there is not
 */
export async function importCustomers(
  { text, dryRun = false }: CustomerImportOrder,
  engine: Engine,
  by: Sender,
): Promise<CustomerImportSummary> {
  const rows: CustomerRowResult[] = [];
  for await (const taken of customerRows(chunks(text), { engine, dryRun, ...by })) rows.push(...taken);
  rows.sort((a, b) => a.line - b.line);
  const count = (status: CustomerRowResult['status']): number => rows.filter((row) => row.status === status).length;
  return { recorded: count('recorded'), known: count('known'), rejected: count('rejected'), rows };
}

async function* chunks(text: string): AsyncGenerator<string> {
  yield text;
}

interface Sender {
  readonly actor: Actor;
  readonly correlationId: string;
}

export interface CustomerRows extends Sender {
  readonly engine: Engine;
  readonly dryRun: boolean;
  /** So many rows at the beginning were taken before. */
  readonly skip?: number;
}

/** What became of the rows, some at a time, in the order of the file. @throws SourceUnreadable */
export async function* customerRows(
  text: AsyncIterable<string>,
  { skip = 0, ...order }: CustomerRows,
): AsyncGenerator<readonly CustomerRowResult[]> {
  const milestones = order.engine.policy.customers.milestones.map(({ id }) => id);
  const known = [KEY, ...Object.keys(DETAILS), ...PLAIN, ...Object.keys(LISTS), ...milestones];
  const takeAll = (items: readonly SourceItem[]): Promise<CustomerRowResult[]> =>
    Promise.all(items.map((item) => ('row' in item ? take(item.row, { ...order, milestones }) : faulty(item.fault))));
  let waiting: SourceItem[] = [];
  let items = 0;
  for await (const item of readCsv(text, { delimiter: ',', columns: ['name'], known })) {
    if (++items <= skip || waiting.push(item) < AT_ONCE) continue;
    yield await takeAll(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield await takeAll(waiting);
}

const faulty = ({ line, code, reason }: RejectedRow): CustomerRowResult => ({ line, status: 'rejected', code, reason });

type Taking = Omit<CustomerRows, 'skip'> & { readonly milestones: readonly string[] };

async function take(row: Row, taking: Taking): Promise<CustomerRowResult> {
  const { engine, dryRun, actor, correlationId } = taking;
  const { line } = row;
  const rejected = ({ code, facts }: Refusal): CustomerRowResult => {
    const { detail } = problemOf({ code, facts });
    const more = Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`;
    return { line, status: 'rejected', code, reason: `${detail}${more}` };
  };
  const command = read(row, taking.milestones);
  if (isRefusal(command)) return rejected(command);
  const secret = engine.vault.secret('customer-import');
  const name = row.get(KEY)?.trim() || row.identity();
  const id = deriveId(secret, name);
  if (dryRun) return { line, ...(await tried(id, command, taking, rejected)) };
  const outcome = await engine.customers.execute({
    ...{ id, create: true, decide: registerCustomer, command },
    commandId: deriveId(secret, 'command', name),
    digest: createHmac('sha256', secret).update(JSON.stringify(command)).digest('hex'),
    ...{ actor, correlationId },
  });
  if (isRefusal(outcome)) return rejected(outcome.code === 'IDEMPOTENCY_KEY_REUSED' ? CHANGED : outcome);
  return { line, status: outcome.repeated ? 'known' : 'recorded', customerId: id };
}

/** The same key, but another story: what is on record stays as it is. */
const CHANGED = refuse('CUSTOMER_CHANGED');

async function tried(
  id: string,
  command: RegisterCustomer,
  { engine, actor }: Taking,
  rejected: (refusal: Refusal) => CustomerRowResult,
): Promise<Omit<CustomerRowResult, 'line'>> {
  if ((await engine.customers.state(id)) !== undefined) return { status: 'known', customerId: id };
  const { policy, clock } = engine;
  const facts = { at: clock.now(), actor, policy, newId, newKey: newId };
  const decision = registerCustomer(command, initialCustomer, facts);
  return isRefusal(decision) ? rejected(decision) : { status: 'recorded' };
}

/** @returns DATE_MALFORMED, VALIDATION_FAILED */
function read(row: Row, milestones: readonly string[]): RegisterCustomer | Refusal {
  const of = (column: string): string | undefined => row.get(column)?.trim() || undefined;
  const details = Object.fromEntries(Object.entries(DETAILS).map(([column, field]) => [field, of(column)]));
  const lists = Object.entries(LISTS).map(([column, field]) => [
    field,
    of(column)
      ?.split(/[;；、\s]+/)
      .filter((it) => it !== ''),
  ]);
  const reached: { milestone: string; reachedAt: string }[] = [];
  for (const milestone of milestones) {
    const text = of(milestone);
    if (text === undefined) continue;
    const reachedAt = instantIn(DEFAULT_ZONE, text, false);
    if (reachedAt === undefined) return refuse('DATE_MALFORMED', { column: milestone, given: text });
    reached.push({ milestone, reachedAt });
  }
  const body = {
    details: defined(details),
    ...defined(Object.fromEntries([...PLAIN.map((field) => [field, of(field)]), ...lists])),
    ...(reached.length === 0 ? {} : { milestones: reached }),
  };
  try {
    return validated(RegisterCustomerBody, body);
  } catch (error) {
    if (error instanceof ProblemError) return refuse(error.code, error.facts);
    throw error;
  }
}

const defined = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
