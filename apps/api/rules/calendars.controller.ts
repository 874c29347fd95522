import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { originOf } from '../commands/origin.js';
import { Engine } from '../engine/engine.js';
import type { Reply, Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { sendPublished } from './publishing.js';
import { shownCalendar, type ShownCalendar } from './shown.js';

const DAYS = { type: 'array', items: { type: 'string', example: '02-05/02-12' } } as const;
const GIVEN = {
  type: 'object',
  required: ['country', 'years', 'source'],
  properties: {
    country: { type: 'string', example: 'CN' },
    years: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { holidays: DAYS, workdays: DAYS } },
      example: { '2027': { holidays: ['01-01', '02-05/02-12'], workdays: ['02-14'] } },
    },
    source: { type: 'string', description: 'Who announced it' },
    corrects: { type: 'array', items: { type: 'string' }, description: 'Years that are known otherwise so far' },
  },
} as const;

/** K-10: the public holidays that are known, since when, and how far deadlines have been counted again. */
@ApiTags('policy')
@Controller('calendars')
export class CalendarsController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'The holiday calendars that were published, the earliest first' })
  list(): { items: readonly ShownCalendar[] } {
    const progress = this.engine.automations.recomputing.progress();
    return { items: this.engine.rulebook.register.publications().map((it) => shownCalendar(it, progress)) };
  }

  @Post()
  @ApiOperation({ summary: 'Publishes years that a country has announced; provisional deadlines are counted again' })
  @ApiBody({ schema: GIVEN as never })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 201, description: 'It is on record' })
  @ApiResponse({ status: 200, description: 'It was known' })
  async publish(@Req() request: Request, @Body() body: unknown, @Res() reply: Reply): Promise<void> {
    requirePermission(request, 'publish_rules');
    sendPublished(reply, await this.engine.rulebook.publishCalendar(body, originOf(request, this.engine)));
  }
}
