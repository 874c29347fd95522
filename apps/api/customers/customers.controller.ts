import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { SourceUnreadable } from '#import';
import { isId, type JsonObject } from '#kernel';
import { customerHistory, customerList, type CustomerItem } from '#views';
import { Engine } from '../engine/engine.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { hasPermission, requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';
import { granted } from '../people/people.controller.js';
import { ChoiceParameter, given, NumberParameter, numberOf, TextParameter } from '../queries/query-fields.js';
import { ImportCustomersBody } from './bodies.js';
import { importCustomers, type CustomerImportSummary } from './import-customers.js';
import { CustomerReading } from './reading.js';

const MOST_ROWS = 200;
const YES_NO = ['true', 'false'] as const;
type YesNo = (typeof YES_NO)[number];

export class CustomersQuery {
  @TextParameter('Words of name, address, room or plate, and numbers, that must all be there')
  readonly text?: string;

  @TextParameter('A tier of the pack', 64)
  readonly tier?: string;

  @TextParameter('Unit', 100)
  readonly unit?: string;

  @ChoiceParameter(YES_NO, 'Quality customers, or the others')
  readonly quality?: YesNo;

  @ChoiceParameter(YES_NO, 'The owners who are listed apart, or the others')
  readonly special?: YesNo;

  @ChoiceParameter(YES_NO, 'Files whose review was due and is still owed, or the others')
  readonly fileOverdue?: YesNo;

  @NumberParameter(MOST_ROWS, 'Rows of a page; 50 where it is left out')
  readonly limit?: string;

  @TextParameter('`next` of the page before, with the same filter')
  readonly cursor?: string;

  @TextParameter('Position of a write that the answer must have seen', 100)
  readonly atLeast?: string;
}

export class CustomerQuery {
  @TextParameter('Position of a write that the complaint history must have seen', 100)
  readonly atLeast?: string;
}

/** C-1: the customers' files. Commands on them have routes of their own (CustomerCommandsController). */
@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  private readonly reading: CustomerReading;

  constructor(@Inject(Engine) private readonly engine: Engine) {
    this.reading = new CustomerReading(engine);
  }

  @Get()
  @ApiOperation({ summary: 'Customers, the newest first' })
  async list(@Req() request: Request, @Query() query: CustomersQuery): Promise<object> {
    requirePermission(request, 'read_cases');
    const { limit, atLeast, quality, special, fileOverdue, ...filter } = validated(CustomersQuery, given(query));
    await this.engine.reached(atLeast);
    // Who may not see personal words may not learn them by asking for them either.
    const open = hasPermission(request, 'open_personal_data');
    if (!open && filter.text !== undefined) throw new ProblemError('WITHHELD', { parameter: 'text' });
    const most = numberOf(limit, MOST_ROWS, 'limit');
    const page = granted(
      await customerList(this.engine.views, {
        ...filter,
        ...(quality === undefined ? {} : { quality: quality === 'true' }),
        ...(special === undefined ? {} : { special: special === 'true' }),
        ...(fileOverdue === undefined ? {} : { fileOverdue: fileOverdue === 'true' }),
        ...(most === undefined ? {} : { limit: most }),
      }),
    );
    const items = page.items.map((item) => shown(item, open));
    return { items, next: page.next ?? null, position: this.engine.viewPosition() };
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({ summary: 'Brings customers of a CSV file on record, row by row; what is known already adds nothing' })
  @ApiBody({ type: ImportCustomersBody })
  async import(@Req() request: Request, @Body() body: unknown): Promise<CustomerImportSummary> {
    requirePermission(request, 'import');
    const by = { actor: actorOf(request), correlationId: request.context.correlationId };
    try {
      return await importCustomers(validated(ImportCustomersBody, body), this.engine, by);
    } catch (error) {
      if (error instanceof SourceUnreadable) throw new ProblemError('FILE_UNREADABLE', {}, error.message);
      throw error;
    }
  }

  @Get(':id')
  @ApiParam({ name: 'id' })
  @ApiOperation({ summary: "A customer's file with its complaint history" })
  async file(@Req() request: Request, @Query() query: CustomerQuery, @Res() reply: Reply): Promise<void> {
    requirePermission(request, 'read_cases');
    const { atLeast } = validated(CustomerQuery, given(query));
    await this.engine.reached(atLeast);
    const open = hasPermission(request, 'open_personal_data');
    const customerId = customerIdOf(request);
    const file = await this.reading.file(customerId, open);
    if (file === undefined) throw new ProblemError('CUSTOMER_NOT_FOUND');
    const { items, ...counts } = await customerHistory(this.engine.views, customerId);
    const cases = {
      ...counts,
      items: items.map((it) => ({ ...it, subject: open ? it.subject : withheld(it.subject) })),
    };
    void reply.header('etag', file['etag']).type('application/json; charset=utf-8');
    void reply.send(JSON.stringify({ ...file, cases }));
  }

  @Get(':id/timeline')
  @ApiParam({ name: 'id' })
  @ApiOperation({ summary: 'Who did what to the file, when and why' })
  async timeline(@Req() request: Request): Promise<{ items: readonly JsonObject[] }> {
    requirePermission(request, 'read_cases');
    const items = await this.reading.timeline(customerIdOf(request), hasPermission(request, 'open_personal_data'));
    if (items === undefined) throw new ProblemError('CUSTOMER_NOT_FOUND');
    return { items };
  }
}

/** @throws ProblemError CUSTOMER_NOT_FOUND for what cannot be the id of a customer */
export function customerIdOf(request: Request): string {
  const { id } = request.params as { id: string };
  if (!isId(id)) throw new ProblemError('CUSTOMER_NOT_FOUND');
  return id;
}

function shown(item: CustomerItem, open: boolean): object {
  if (open) return item;
  const { name, phone, specialGroups: _, ...rest } = item;
  return { ...rest, name: withheld(name), phone: withheld(phone) };
}

const withheld = (word: string | null): object | null => (word === null ? null : { withheld: true });
