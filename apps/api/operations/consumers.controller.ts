import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { CONSUMER_STRATEGIES, type ConsumerStrategy, type GroupName } from '#event-store';
import { Engine } from '../engine/engine.js';
import type { GroupOrder, ShownGroup, ShownGroupDetails } from './consumer-desk.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { validated } from '../http/validate.js';

const LONGEST_NAME = 500;
const MOST_PREFIXES = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

export class CreateGroup implements GroupOrder {
  @ApiProperty({ description: 'The stream, or $all for everything' })
  @IsString()
  @Length(1, LONGEST_NAME)
  readonly stream!: string;

  @ApiProperty({ description: 'How the group is called by those who consume' })
  @IsString()
  @Length(1, LONGEST_NAME)
  readonly group!: string;

  @ApiPropertyOptional({
    description: 'start (default), end, a revision of the stream, or in $all a position token; inclusive',
  })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly startFrom?: string;

  @ApiPropertyOptional({ type: [String], description: 'In $all: only streams whose name begins so' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PREFIXES)
  @IsString({ each: true })
  @Length(1, LONGEST_NAME, { each: true })
  readonly streamPrefixes?: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'In $all: only types that begin so; not together with streamPrefixes',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PREFIXES)
  @IsString({ each: true })
  @Length(1, LONGEST_NAME, { each: true })
  readonly typePrefixes?: string[];

  @ApiPropertyOptional({
    description: 'What is not acknowledged for so long is sent again; 0 for never. Default: 30 s',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DAY_MS)
  readonly messageTimeoutMs?: number;

  @ApiPropertyOptional({ description: 'What was sent again so often is parked. Default: 10' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  readonly maxRetryCount?: number;

  @ApiPropertyOptional({ description: 'How many may consume at once; 0 (default) for any number' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10_000)
  readonly maxSubscriberCount?: number;

  @ApiPropertyOptional({ enum: CONSUMER_STRATEGIES, description: 'Who gets an event. Default: RoundRobin' })
  @IsOptional()
  @IsIn(CONSUMER_STRATEGIES)
  readonly strategy?: ConsumerStrategy;
}

const OF_GROUP = [
  { name: 'stream', description: 'The stream, or $all' },
  { name: 'group', description: 'The name of the group' },
] as const;

/** Groups by which other services share the log (EventStoreDB: persistent subscriptions). They consume by EventStoreDB's protocol. */
@ApiTags('operations')
@Controller('consumer-groups')
export class ConsumersController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'Consumer groups of other services: who consumes, what has piled up, what was parked' })
  async list(@Req() request: Request): Promise<{ items: ShownGroup[] }> {
    requirePermission(request, 'manage_consumers');
    return { items: await this.engine.consumers.list() };
  }

  @Post()
  @ApiOperation({ summary: 'Makes a group' })
  @ApiBody({ type: CreateGroup })
  create(@Req() request: Request, @Body() body: unknown): Promise<ShownGroupDetails> {
    requirePermission(request, 'manage_consumers');
    return this.engine.consumers.create(validated(CreateGroup, body));
  }

  @Get(':stream/:group')
  @ApiOperation({ summary: 'A group with its settings, how far it has come, and who is connected' })
  @ApiParam(OF_GROUP[0])
  @ApiParam(OF_GROUP[1])
  show(@Req() request: Request, @Param() group: GroupName): Promise<ShownGroupDetails> {
    requirePermission(request, 'manage_consumers');
    return this.engine.consumers.show(group);
  }

  @Post(':stream/:group/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Sends what was parked to the consumers again' })
  @ApiParam(OF_GROUP[0])
  @ApiParam(OF_GROUP[1])
  async replay(@Req() request: Request, @Param() group: GroupName): Promise<{ replayed: number }> {
    requirePermission(request, 'manage_consumers');
    return { replayed: await this.engine.consumers.replay(group) };
  }

  @Delete(':stream/:group')
  @ApiOperation({ summary: 'Deletes a group: how far it came and what it parked are forgotten' })
  @ApiParam(OF_GROUP[0])
  @ApiParam(OF_GROUP[1])
  async delete(@Req() request: Request, @Param() { stream, group }: GroupName): Promise<GroupName> {
    requirePermission(request, 'manage_consumers');
    await this.engine.consumers.delete({ stream, group });
    return { stream, group };
  }
}
