import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { JOB_STATES, type JobCount, type JobState } from '#jobs';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { validated } from '../http/validate.js';
import type { ShownJob } from './job-desk.js';
import { granted } from '../people/people.controller.js';
import { ChoiceParameter, given, NumberParameter, numberOf, TextParameter } from '../queries/query-fields.js';

const MOST = 200;

export class JobsQuery {
  @TextParameter('Only of this queue', 100)
  readonly queue?: string;

  @ChoiceParameter(JOB_STATES, 'Only those; dead is what failed until it was given up')
  readonly state?: JobState;

  @NumberParameter(MOST, 'How many, the latest due first')
  readonly limit?: string;
}

export class RetryJobs {
  @ApiPropertyOptional({ description: 'The job to try again; all that are dead where it is left out' })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  readonly id?: string;

  @ApiPropertyOptional({ description: 'Only those of this queue' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly queue?: string;
}

/** What is to be done, was done, or could not be. Ids and codes only. */
@ApiTags('operations')
@Controller('jobs')
export class JobsController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'Jobs of all queues with what became of them, and how many are not done' })
  async jobs(
    @Req() request: Request,
    @Query() query: JobsQuery,
  ): Promise<{ items: ShownJob[]; counts: readonly JobCount[] }> {
    requirePermission(request, 'read_notifications');
    const { queue, state, limit } = validated(JobsQuery, given(query));
    const filter = { ...(queue !== undefined && { queue }), ...(state !== undefined && { state }) };
    const { jobs } = this.engine;
    const items = await jobs.list(filter, numberOf(limit, MOST, 'limit') ?? MOST);
    return { items, counts: await jobs.counts() };
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Has what failed for good tried again, at once' })
  @ApiBody({ type: RetryJobs })
  async retry(@Req() request: Request, @Body() body: unknown): Promise<{ retried: number }> {
    requirePermission(request, 'manage_notifications');
    return granted(await this.engine.jobs.retry(validated(RetryJobs, body)));
  }
}
