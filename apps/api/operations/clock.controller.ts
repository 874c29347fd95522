import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { parseInstant, plusMs, type ClockJump, type Instant } from '#kernel';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { failed, validated } from '../http/validate.js';

/** Either of the two. */
export class MoveClock {
  @ApiPropertyOptional({ description: 'The instant to move to, not before the present one' })
  @IsOptional()
  @IsString()
  readonly to?: string;

  @ApiPropertyOptional({ description: 'By how many milliseconds to move on' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100 * 366 * 24 * 60 * 60 * 1000)
  readonly advanceMs?: number;
}

export class ClockReading {
  @ApiProperty() readonly now!: Instant;
  @ApiProperty() readonly testClock!: boolean;
  @ApiPropertyOptional({ description: 'Writing waits: the wall clock went away from the monotonic one (EVENTS 19)' })
  readonly jumped?: ClockJump;
}

/** What time it is here, whether it can be trusted, and how to move it where it is made up (EVENTS 19, 20). */
@ApiTags('operations')
@Controller()
export class ClockController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get('clock')
  @ApiOperation({ summary: 'The time that is recorded now' })
  read(): ClockReading {
    const { clock, test } = this.engine.time;
    const jumped = clock.suspended;
    return { now: clock.now(), testClock: test !== undefined, ...(jumped && { jumped }) };
  }

  @Post('clock/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says that the wall clock is right as it is now: writing goes on' })
  confirm(@Req() request: Request): ClockReading {
    requirePermission(request, 'confirm_clock');
    // Who watches the clock arms the timer.
    this.engine.time.system?.confirm();
    return this.read();
  }

  @Post('test-clock')
  @HttpCode(200)
  @ApiOperation({ summary: 'Moves the test clock' })
  @ApiBody({ type: MoveClock })
  move(@Req() request: Request, @Body() body: unknown): ClockReading {
    requirePermission(request, 'move_test_clock');
    const { test } = this.engine.time;
    if (test === undefined) throw new ProblemError('NO_TEST_CLOCK');
    const { to, advanceMs } = validated(MoveClock, body);
    if ((to === undefined) === (advanceMs === undefined)) {
      throw failed([{ field: '', problem: 'give either to or advanceMs' }]);
    }
    const at = to === undefined ? plusMs(test.clock.now(), advanceMs!) : parseInstant(to);
    if (at === undefined) throw failed([{ field: 'to', problem: 'must be an ISO 8601 instant with an offset' }]);
    if (at < test.clock.now()) throw failed([{ field: 'to', problem: 'a test clock does not go back' }]);
    test.moveTo(at);
    return this.read();
  }
}
