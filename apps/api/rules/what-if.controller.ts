import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { isRefusal } from '#kernel';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';
import { instantOf } from '../queries/query-fields.js';
import type { WhatIf } from './what-if.js';

export class AskWhatIf {
  @ApiProperty({
    description: 'The pack, as YAML: a changed copy of one that rules, with other calendars where wanted',
  })
  @IsString()
  @Length(1, 500_000)
  readonly text!: string;

  @ApiPropertyOptional({ description: 'The name that faults are reported under' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  readonly fileName?: string;

  @ApiPropertyOptional({ description: 'Cases recorded from this instant on' })
  @IsOptional()
  @IsString()
  readonly from?: string;

  @ApiPropertyOptional({ description: 'Cases recorded before this instant' })
  @IsOptional()
  @IsString()
  readonly to?: string;

  @ApiPropertyOptional({ description: 'The pack that rules them now; the one of the same id where left out' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  readonly of?: string;
}

/** Issue 10.7: how history would stand under another pack, as a job with progress. Nothing is written. */
@ApiTags('policy')
@Controller('what-if')
export class WhatIfController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Replays history under another pack without writing; answers with an id to ask by' })
  @ApiBody({ type: AskWhatIf })
  async ask(@Req() request: Request, @Body() body: unknown): Promise<WhatIf> {
    requirePermission(request, 'replay');
    const { text, fileName = 'pack.yaml', from: fromText, to: toText, of } = validated(AskWhatIf, body);
    const [from, to] = [instantOf(fromText, 'from'), instantOf(toText, 'to')];
    const begun = await this.engine.whatIfs.ask({
      text,
      fileName,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(of === undefined ? {} : { of }),
    });
    if (isRefusal(begun)) throw new ProblemError(begun.code, begun.facts);
    return begun;
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far it has come; which verdicts and severities would differ, case by case and in sum' })
  async answer(@Req() request: Request, @Param('id') id: string): Promise<WhatIf> {
    requirePermission(request, 'replay');
    return found(id, await this.engine.whatIfs.get(id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends it where it stands; what is over already stays as it is' })
  async cancel(@Req() request: Request, @Param('id') id: string): Promise<WhatIf> {
    requirePermission(request, 'replay');
    return found(id, await this.engine.whatIfs.cancel(id));
  }
}

function found(id: string, whatIf: WhatIf | undefined): WhatIf {
  if (whatIf === undefined) throw new ProblemError('WHAT_IF_NOT_FOUND', { id });
  return whatIf;
}
