import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { JsonObject } from '#kernel';
import { ORDERS, type Order } from '#views/case-replay';
import { caseIdOf } from '../commands/sending.js';
import { Engine } from '../engine/engine.js';
import type { Reply, Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { failed, validated } from '../http/validate.js';
import { momentOf, MomentQuery } from './moment.js';
import { ChoiceParameter, given, instantOf, TextParameter } from './query-fields.js';
import { withNames, type TimelineEntry } from './timeline.js';

export class SpanQuery {
  @TextParameter('An instant with its offset', 40)
  readonly from?: string;

  @TextParameter('An instant with its offset; the present where it is left out', 40)
  readonly to?: string;

  @ChoiceParameter(ORDERS, 'As it was known then, or as it had happened by then')
  readonly by?: Order;
}

/** One case: as it is, as it was at any instant, and how it came to be so. */
@ApiTags('cases')
@ApiParam({ name: 'id' })
@Controller('cases/:id')
export class CaseController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'The case now or as of an instant, with the commands that are legal' })
  async detail(@Req() request: Request, @Query() query: MomentQuery, @Res() reply: Reply): Promise<void> {
    const moment = momentOf(request, query);
    const detail = await this.engine.reading.detail(caseIdOf(request), moment);
    if (detail === undefined) throw new ProblemError('CASE_NOT_FOUND');
    if (moment.asOf === undefined) void reply.header('etag', detail['etag']);
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(detail));
  }

  @Get('timeline')
  @ApiOperation({ summary: 'Who did what, when, under which rule, and what it changed' })
  async timeline(@Req() request: Request, @Query() query: MomentQuery): Promise<{ items: TimelineEntry[] }> {
    const entries = await this.engine.reading.timeline(caseIdOf(request), momentOf(request, query));
    if (entries === undefined) throw new ProblemError('CASE_NOT_FOUND');
    return { items: withNames(entries, this.engine.directory) };
  }

  @Get('repeats')
  @ApiOperation({ summary: 'What it is a repeat of: by which rule, with which cases, found when and by whom' })
  async repeats(@Req() request: Request): Promise<JsonObject> {
    const repeats = await this.engine.reading.repeats(caseIdOf(request));
    if (repeats === undefined) throw new ProblemError('CASE_NOT_FOUND');
    return repeats;
  }

  @Get('changes')
  @ApiOperation({ summary: 'What changed between two instants, field by field' })
  async changes(@Req() request: Request, @Query() query: SpanQuery): Promise<JsonObject> {
    const { from: fromText, to: toText, ...rest } = validated(SpanQuery, given(query));
    const from = instantOf(fromText, 'from');
    if (from === undefined) throw failed([{ field: 'from', problem: 'must be given' }]);
    const to = instantOf(toText, 'to') ?? this.engine.time.clock.now();
    requirePermission(request, 'replay');
    const moment = momentOf(request, rest);
    const found = await this.engine.reading.changes(caseIdOf(request), moment, { from, to });
    if (found === undefined) throw new ProblemError('CASE_NOT_FOUND');
    const entries = withNames(found.entries, this.engine.directory);
    return { from, to, by: moment.by, changes: found.changes, entries } as unknown as JsonObject;
  }
}
