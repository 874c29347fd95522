import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import type { ImportResult } from '#import';
import { Engine } from '../engine/engine.js';
import { actorOf, type Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { validated } from '../http/validate.js';

const MOST_CASES = 500;

export class ImportCases {
  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MOST_CASES,
    items: { type: 'object', additionalProperties: true },
    description: 'Cases as a source tells them; each is checked, imported or refused by itself',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CASES)
  readonly cases!: readonly unknown[];
}

/** Takes in the history of other systems, as it was. Starts no timer and sends nothing (EVENTS.md 18). */
@ApiTags('import')
@Controller('import')
export class ImportController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Post('cases')
  @HttpCode(200)
  @ApiOperation({ summary: `Imports up to ${MOST_CASES} cases; what is known already adds nothing` })
  @ApiBody({ type: ImportCases })
  async import(@Req() request: Request, @Body() body: unknown): Promise<{ results: readonly ImportResult[] }> {
    requirePermission(request, 'import');
    const { cases } = validated(ImportCases, body);
    const { correlationId } = request.context;
    return { results: await this.engine.imports.importCases(cases, actorOf(request), correlationId) };
  }
}
