import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { ClockExplanation } from '#cases';
import { caseIdOf } from '../commands/sending.js';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';
import type { CaseExplained } from './case-reading.js';
import { momentOf, MomentQuery } from './moment.js';
import { given, NumberParameter } from './query-fields.js';

const MOST_RUNS = 9999;

export class RunQuery extends MomentQuery {
  @NumberParameter(MOST_RUNS, 'Which run of the clock; the last one where it is left out')
  readonly run?: string;
}

/** K-9: why a deadline is what it is. Nothing personal is in it. */
@ApiTags('cases')
@ApiParam({ name: 'id' })
@Controller('cases/:id')
export class ExplanationController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get('explanation')
  @ApiOperation({ summary: 'Every clock of the case: what it counts from, each stretch, each step and its cause' })
  async all(@Req() request: Request, @Query() query: MomentQuery): Promise<CaseExplained> {
    const explained = await this.engine.reading.explanation(caseIdOf(request), momentOf(request, query));
    if (explained === undefined) throw new ProblemError('CASE_NOT_FOUND');
    return explained;
  }

  @Get('clocks/:clock')
  @ApiOperation({ summary: 'One clock of the case' })
  async one(
    @Req() request: Request,
    @Param('clock') clock: string,
    @Query() query: RunQuery,
  ): Promise<Omit<CaseExplained, 'items'> & ClockExplanation> {
    const { run, ...moment } = validated(RunQuery, given(query));
    const { items, ...of } = await this.all(request, moment);
    const runs = items.filter((it) => it.clock === clock);
    const found = run === undefined ? runs.at(-1) : runs.find((it) => it.run === Number(run));
    if (found !== undefined) return { ...of, ...found };
    throw new ProblemError('CLOCK_NOT_FOUND', { clocks: [...new Set(items.map((it) => it.clock))], runs: runs.length });
  }
}
