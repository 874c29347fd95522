import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ESCALATION_CLOCK, PROMISE_CLOCK } from '#cases';
import type { Policy } from '#policy';
import {
  assessmentQuery,
  latenessByDebtor,
  latenessByUnit,
  type AssessmentFilter,
  type AssessmentItem,
  type Lateness,
} from '#views';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { failed, validated } from '../http/validate.js';
import { granted } from '../people/people.controller.js';
import { given, instantOf, NumberParameter, numberOf, TextParameter } from '../queries/query-fields.js';

const MOST_ROWS = 200;

/** O-3: what was not done. */
export const LAPSES = ['late_handling', 'report_missed', 'escalation_unanswered', 'promise_broken'] as const;
export type Lapse = (typeof LAPSES)[number];

export class AssessmentQuery {
  @TextParameter('Instant: what was due from then on', 40)
  readonly from?: string;

  @TextParameter('Instant: what was due before then; now where left out', 40)
  readonly to?: string;

  @TextParameter('The unit that had the case')
  readonly unit?: string;

  @TextParameter('The person, unit or post that owed it')
  readonly owedBy?: string;

  @TextParameter('Clock')
  readonly clock?: string;

  @NumberParameter(MOST_ROWS, 'Rows of a page; 50 where it is left out')
  readonly limit?: string;

  @TextParameter('`next` of the page before, with the same filter')
  readonly cursor?: string;

  @TextParameter('Position of a write that the answer must have seen', 100)
  readonly atLeast?: string;
}

type Counted<T> = T & Lateness & { readonly lapse: Lapse };
/** Who owed it: a person with a name, a unit, or what is neither: a post that nobody held, somebody whom nobody knows here. */
type Debtor = { readonly owedBy: string; readonly name?: string; readonly is: 'person' | 'unit' | 'other' | 'nobody' };

interface Assessment {
  readonly from: string;
  readonly to: string;
  readonly byDebtor: readonly Counted<Debtor>[];
  readonly byUnit: readonly Counted<{ readonly unit: string }>[];
  readonly items: readonly (AssessmentItem & Debtor & { readonly lapse: Lapse })[];
  readonly next: string | null;
  readonly position: string;
}

/** O-3, M-2: who was late, by unit and person, and the cases behind each figure. */
@ApiTags('views')
@Controller('assessment')
export class AssessmentController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'Late handling, reports and warnings not given, by person and unit' })
  async assessment(@Req() request: Request, @Query() query: AssessmentQuery): Promise<Assessment> {
    requirePermission(request, 'read_people');
    const { limit, cursor, atLeast, from, to, ...narrow } = validated(AssessmentQuery, given(query));
    const since = instantOf(from, 'from');
    if (since === undefined) throw failed([{ field: 'from', problem: 'must be an ISO 8601 instant with an offset' }]);
    const filter: AssessmentFilter = { ...narrow, from: since, to: instantOf(to, 'to') ?? this.engine.clock.now() };
    await this.engine.reached(atLeast);
    const rows = numberOf(limit, MOST_ROWS, 'limit');
    const paging = { ...(rows === undefined ? {} : { limit: rows }), ...(cursor === undefined ? {} : { cursor }) };
    const { views, policy } = this.engine;
    const page = granted(await assessmentQuery(views, filter, paging));
    const [debtors, units] = await Promise.all([latenessByDebtor(views, filter), latenessByUnit(views, filter)]);
    const debtorOf = this.debtors();
    const lapsed = <T extends { readonly clock: string }>(row: T): T & { readonly lapse: Lapse } => ({
      ...row,
      lapse: lapseOf(row.clock, policy),
    });
    return {
      from: filter.from,
      to: filter.to,
      byDebtor: debtors.map((row) => lapsed({ ...row, ...debtorOf(row.owedBy) })),
      byUnit: units.map(lapsed),
      items: page.items.map((row) => lapsed({ ...row, ...debtorOf(row.owedBy) })),
      next: page.next ?? null,
      position: this.engine.viewPosition(),
    };
  }

  private debtors(): (owedBy: string) => Debtor {
    const { directory, organisation } = this.engine;
    const names = new Map(directory.listPeople().map(({ id, name }) => [id, name]));
    const units = new Set(organisation.register.state.units.map(({ unit }) => unit));
    return (owedBy) => {
      const name = names.get(owedBy);
      if (owedBy === '') return { owedBy, is: 'nobody' };
      if (name !== undefined) return { owedBy, name, is: 'person' };
      return { owedBy, is: units.has(owedBy) ? 'unit' : 'other' };
    };
  }
}

/** A report is what only a report upwards ends; a clock that the pack has no more was one of handling. */
function lapseOf(clock: string, policy: Policy): Lapse {
  if (clock === ESCALATION_CLOCK) return 'escalation_unanswered';
  if (clock === PROMISE_CLOCK) return 'promise_broken';
  const metBy = policy.clock(clock)?.metBy ?? [];
  return metBy.some(({ event }) => event === 'CaseReportedUp') ? 'report_missed' : 'late_handling';
}
