import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CASE_KINDS,
  CHANNELS,
  debtorsOfClock,
  ESCALATION_CLOCK,
  PHASES,
  SEVERITIES,
  type CaseKind,
  type Channel,
  type Debtor,
  type Phase,
  type Severity,
} from '#cases';
import {
  caseBoard,
  counts,
  deadlinesQuery,
  dueCounts,
  type BoardItem,
  type Counts,
  type DeadlineItem,
  type DueCounts,
} from '#views';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { ProblemError } from '../http/problems.js';
import { hasPermission } from '../http/permission.js';
import { validated } from '../http/validate.js';
import type { Policy } from '#policy';
import { heldBy } from '../organisation/composition.js';
import { granted } from '../people/people.controller.js';
import { rowOf } from './board-row.js';
import {
  ChoiceParameter,
  ChoicesParameter,
  given,
  instantOf,
  NumberParameter,
  numberOf,
  TextParameter,
} from './query-fields.js';

const MOST_ROWS = 200;
const SORTS = ['nextDue', 'received', 'updated', 'severity'] as const;
const DIRECTIONS = ['asc', 'desc'] as const;
const DEADLINE_STATES = ['running', 'missed', 'met', 'cancelled'] as const;
const YES_NO = ['true', 'false'] as const;

class PageQuery {
  @NumberParameter(MOST_ROWS, 'Rows of a page; 50 where it is left out')
  readonly limit?: string;

  @TextParameter('`next` of the page before, with the same filter and sort')
  readonly cursor?: string;

  @ChoiceParameter(DIRECTIONS, 'asc where it is left out')
  readonly direction?: 'asc' | 'desc';

  @TextParameter('Position of a write that the answer must have seen', 100)
  readonly atLeast?: string;
}

export class BoardQuery extends PageQuery {
  @ChoicesParameter(PHASES, 'Phases')
  readonly state?: string;

  @ChoiceParameter(SEVERITIES, 'Severity')
  readonly severity?: Severity;

  @TextParameter('Category')
  readonly category?: string;

  @TextParameter('Unit')
  readonly unit?: string;

  @TextParameter('Owner')
  readonly owner?: string;

  @ChoiceParameter(CHANNELS, 'Channel')
  readonly channel?: Channel;

  @ChoiceParameter(CASE_KINDS, 'Kind')
  readonly kind?: CaseKind;

  @TextParameter('Words that must all be there')
  readonly text?: string;

  @TextParameter('Exactly this external reference', 1000)
  readonly externalReference?: string;

  @ChoiceParameter(YES_NO, 'Whether it is a repeat by a rule of its pack (R-2)')
  readonly repeat?: 'true' | 'false';

  @ChoiceParameter(YES_NO, 'Whether a deadline is past')
  readonly overdue?: 'true' | 'false';

  @TextParameter('Instant: a deadline that is not past is due before this', 40)
  readonly dueBefore?: string;

  @ChoiceParameter(SORTS, 'nextDue where it is left out')
  readonly sort?: (typeof SORTS)[number];
}

export class DeadlinesQuery extends PageQuery {
  @ChoiceParameter(DEADLINE_STATES, 'running where it is left out')
  readonly state?: (typeof DEADLINE_STATES)[number];

  @TextParameter('Clock')
  readonly clock?: string;

  @TextParameter('Unit')
  readonly unit?: string;

  @TextParameter('Owner')
  readonly owner?: string;

  @ChoiceParameter(SEVERITIES, 'Severity')
  readonly severity?: Severity;
}

export class CountsQuery {
  @TextParameter('Position of a write that the answer must have seen', 100)
  readonly atLeast?: string;
}

/** `overdue` and `dueSoon` (24 h) as of now: what the board shows for `overdue=true`, and for `dueBefore` in 24 h. */
type CountsShown = Omit<Counts, 'cases'> & DueCounts & { readonly total: number; readonly position: string };

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  /** How far the view had come. */
  readonly position: string;
}

/** What is there, what breaks next, how many: answered from views, as of now. */
@ApiTags('views')
@Controller()
export class BoardController {
  private readonly held: (policy: Policy) => Policy;

  constructor(@Inject(Engine) private readonly engine: Engine) {
    this.held = heldBy(engine.organisation);
  }

  @Get('cases')
  @ApiOperation({ summary: 'The board' })
  async board(@Req() request: Request, @Query() query: BoardQuery): Promise<Page<object>> {
    const { limit, atLeast, state, overdue, repeat, dueBefore, ...filter } = validated(BoardQuery, given(query));
    await this.engine.reached(atLeast);
    // Who may not see personal words may not learn them by asking for them either.
    const open = hasPermission(request, 'open_personal_data');
    if (!open && filter.text !== undefined) throw new ProblemError('WITHHELD', { parameter: 'text' });
    const page = granted(
      await caseBoard(this.engine.views, {
        ...filter,
        ...optional('state', state?.split(',') as Phase[] | undefined),
        ...optional('limit', numberOf(limit, MOST_ROWS, 'limit')),
        ...optional('overdue', overdue === undefined ? undefined : overdue === 'true'),
        ...optional('repeat', repeat === undefined ? undefined : repeat === 'true'),
        ...optional('dueBefore', instantOf(dueBefore, 'dueBefore')),
        at: this.now(),
      }),
    );
    return this.page(page, (item: BoardItem) => rowOf(item, open, (of) => this.owing(of)));
  }

  @Get('deadlines')
  @ApiOperation({ summary: 'Deadlines by the instant at which they break' })
  async deadlines(@Query() query: DeadlinesQuery): Promise<Page<DeadlineItem>> {
    const { limit, atLeast, ...filter } = validated(DeadlinesQuery, given(query));
    await this.engine.reached(atLeast);
    const page = granted(
      await deadlinesQuery(this.engine.views, {
        ...filter,
        ...optional('limit', numberOf(limit, MOST_ROWS, 'limit')),
        at: this.now(),
      }),
    );
    return this.page(page, (item: DeadlineItem) => item);
  }

  @Get('counts')
  @ApiOperation({ summary: 'How many cases there are, by phase, severity and unit; how many are late or soon will be' })
  async counts(@Query() query: CountsQuery): Promise<CountsShown> {
    const { atLeast } = validated(CountsQuery, given(query));
    await this.engine.reached(atLeast);
    const { cases: total, ...by } = await counts(this.engine.views);
    return { total, ...by, ...(await dueCounts(this.engine.views, this.now())), position: this.engine.viewPosition() };
  }

  private page<T, U>(page: { items: readonly T[]; next: string | undefined }, shown: (item: T) => U): Page<U> {
    return { items: page.items.map(shown), next: page.next ?? null, position: this.engine.viewPosition() };
  }

  /** Who must do what is due next, by the pack that rules the case, as it is known now. */
  private owing({ nextDue, unit, owner, receiver, policy, escalatedTo }: BoardItem): readonly Debtor[] {
    if (nextDue === null) return [];
    if (nextDue.clock === ESCALATION_CLOCK) return escalatedTo.map((person) => ({ person }));
    const held = { ...optional('unit', unit ?? undefined), ...optional('owner', owner ?? undefined) };
    const rules = this.engine.rulebook.policyOf(policy, this.now());
    if (rules === undefined) return [];
    const by = { ...held, ...optional('receivedBy', receiver ?? undefined) };
    return debtorsOfClock(nextDue.clock, by, this.held(rules), this.now());
  }

  private now(): string {
    return this.engine.time.clock.now();
  }
}

const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };
