import { Controller, Get, Inject, Query, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CASE_EVENT_TYPES } from '#cases';
import { may } from '#organisation';
import { Engine } from '../engine/engine.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { PROBLEM_RESPONSES } from '../http/documented.js';
import { ProblemError } from '../http/problems.js';
import { failed } from '../http/validate.js';
import { Telemetry } from '../telemetry.js';
import { LiveConnection } from './live.js';
import { Feed, type FeedPage, type Wanted } from './reading.js';

const MOST_EVENTS = 1000;
const USUAL_EVENTS = 100;

type FeedQuery = Readonly<Record<'after' | 'limit' | 'types' | 'open', unknown>>;

const problems = (): MethodDecorator => (target, key, descriptor) =>
  PROBLEM_RESPONSES.forEach((decorate) => decorate(target, key, descriptor));

/** The ordered feed for other services, as pages and live. */
@ApiTags('feed')
@Controller('events')
export class FeedController implements BeforeApplicationShutdown {
  private readonly feed: Feed;
  private readonly open = new Set<LiveConnection>();

  constructor(
    @Inject(Engine) engine: Engine,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {
    this.feed = engine.feed;
  }

  @Get()
  @ApiOperation({ summary: 'Case events behind a position, in order, as CloudEvents 1.0' })
  @ApiQuery({ name: 'after', required: false, description: 'A position token, `start` (the default) or `head`' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: MOST_EVENTS } })
  @ApiQuery({ name: 'types', required: false, description: 'Names of event types, separated by commas' })
  @ApiQuery({ name: 'open', required: false, description: '`true` opens the personal parts for those who may' })
  @problems()
  async page(@Req() request: Request, @Query() query: FeedQuery): Promise<FeedPage> {
    const wanted = wantedOf(request, query);
    const after = await this.feed.positionOf(textOf(query, 'after'));
    return this.feed.page(after, limitOf(query.limit), wanted);
  }

  @Get('stream')
  @ApiOperation({ summary: 'The same live, as server-sent events whose id is the position' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Resumes behind this position' })
  @ApiQuery({ name: 'after', required: false })
  @ApiQuery({ name: 'types', required: false })
  @ApiQuery({ name: 'open', required: false })
  @ApiProduces('text/event-stream')
  @problems()
  async stream(@Req() request: Request, @Query() query: FeedQuery, @Res() reply: Reply): Promise<void> {
    const wanted = wantedOf(request, query);
    const last = request.headers['last-event-id'];
    const resumed = typeof last === 'string' && last !== '' ? last : undefined;
    const after = await this.feed.positionOf(resumed ?? textOf(query, 'after'));
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-correlation-id': request.context.correlationId,
      'x-accel-buffering': 'no',
    });
    raw.flushHeaders();
    await this.follow(new LiveConnection(this.feed, raw, wanted, after), request);
  }

  /** Lets go of all who follow, or the server would wait for them: they resume from the last id they saw. */
  beforeApplicationShutdown(): void {
    for (const connection of this.open) connection.close();
  }

  private async follow(connection: LiveConnection, request: Request): Promise<void> {
    this.open.add(connection);
    this.telemetry.liveConnections.inc();
    try {
      await connection.run();
    } catch (error) {
      request.log.error({ err: error, correlationId: request.context.correlationId }, 'a live connection failed');
    } finally {
      this.open.delete(connection);
      this.telemetry.liveConnections.dec();
    }
  }
}

const PARAMETERS = ['after', 'limit', 'types', 'open'];

function wantedOf(request: Request, query: FeedQuery): Wanted {
  const stray = Object.keys(query).find((name) => !PARAMETERS.includes(name));
  if (stray !== undefined) throw failed([{ field: stray, problem: 'there is no such parameter' }]);
  const names = textOf(query, 'types')
    ?.split(',')
    .filter((name) => name !== '');
  const unknown = names?.filter((name) => !(CASE_EVENT_TYPES as readonly string[]).includes(name)) ?? [];
  if (unknown.length > 0) throw failed([{ field: 'types', problem: 'names an event type that there is not' }]);
  const open = textOf(query, 'open');
  if (open !== undefined && open !== 'true' && open !== 'false') {
    throw failed([{ field: 'open', problem: 'must be true or false' }]);
  }
  if (open === 'true' && !may(actorOf(request).role as never, 'open_personal_data')) throw new ProblemError('WITHHELD');
  return { types: names === undefined || names.length === 0 ? undefined : new Set(names), open: open === 'true' };
}

function limitOf(value: unknown): number {
  if (value === undefined) return USUAL_EVENTS;
  const limit = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MOST_EVENTS) throw failed([{ field: 'limit', problem: `must be 1 to ${MOST_EVENTS}` }]);
  return limit;
}

function textOf(query: FeedQuery, name: keyof FeedQuery): string | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw failed([{ field: name, problem: 'must be given once' }]);
  return value;
}
