import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { NOTICE_STATES } from '#notifications';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { validated } from '../http/validate.js';
import type { ShownNotice } from '../automations/notifications.js';
import { granted } from '../people/people.controller.js';
import { ChoiceParameter, given, NumberParameter, numberOf, TextParameter } from '../queries/query-fields.js';

const STATES = [...NOTICE_STATES, 'dead'] as const;
const MOST = 200;

export class NotificationsQuery {
  @ChoiceParameter(STATES, 'Only those; dead is what failed until it was given up')
  readonly state?: ShownNotice['state'];

  @TextParameter('Only of this case', 100)
  readonly caseId?: string;

  @NumberParameter(MOST, 'How many, the latest first')
  readonly limit?: string;
}

export class RetryNotifications {
  @ApiPropertyOptional({ description: 'The message to try again; all that are dead where it is left out' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly messageId?: string;
}

/** Who was told of what, and what could not be delivered. Ids and codes only: what they mean is read in the case. */
@ApiTags('operations')
@Controller('notifications')
export class NotificationsController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'Notifications with what became of them, and how many there are' })
  async notifications(
    @Req() request: Request,
    @Query() query: NotificationsQuery,
  ): Promise<{ items: ShownNotice[]; counts: object }> {
    requirePermission(request, 'read_notifications');
    const { state, caseId, limit } = validated(NotificationsQuery, given(query));
    const { notifications } = this.engine;
    const items = await notifications.list(state, caseId, numberOf(limit, MOST, 'limit') ?? MOST);
    return { items, counts: await notifications.counts() };
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Has what failed for good tried again, at once' })
  @ApiBody({ type: RetryNotifications })
  async retry(@Req() request: Request, @Body() body: unknown): Promise<{ retried: number }> {
    requirePermission(request, 'manage_notifications');
    return granted(await this.engine.notifications.retry(validated(RetryNotifications, body).messageId));
  }
}
