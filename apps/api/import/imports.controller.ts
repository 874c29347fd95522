import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiProduces,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { REPORT_HEADER, reportLine, type RejectedRow } from '#import';
import { isRefusal, type Refusal } from '#kernel';
import { AttachmentTooLarge } from '#privacy';
import { Engine } from '../engine/engine.js';
import { IMPORT_FILE_LIMIT_BYTES } from '../http/adapter.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { failed, validated } from '../http/validate.js';
import { given, NumberParameter, numberOf } from '../queries/query-fields.js';
import { IMPORTED, type Imported, type ImportShown } from './import-jobs.js';

const MOST = 200;

export class BeginImport {
  @ApiProperty({ enum: [...IMPORTED], description: 'What the file tells of' })
  @IsIn(IMPORTED)
  readonly what!: Imported;

  @ApiProperty({ description: 'What the file is called' })
  @IsString()
  @Length(1, 255)
  readonly fileName!: string;

  @ApiPropertyOptional({ description: 'How cases are read: the name of a mapping that ships' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  readonly mapping?: string;

  @ApiPropertyOptional({ description: 'How cases are read: a mapping of your own, as YAML' })
  @IsOptional()
  @IsString()
  @Length(1, 200_000)
  readonly mappingText?: string;
}

export class ImportsQuery {
  @NumberParameter(MOST, 'How many, the latest first; 50 where it is left out')
  readonly limit?: string;
}

/** Files that are handed over: whichever process is free works on them, any process says how far it is (issue 11.4). */
@ApiTags('import')
@Controller('imports')
export class ImportsController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Post()
  @ApiOperation({ summary: 'Begins an import, which waits for its file: PUT /imports/{id}/file' })
  @ApiBody({ type: BeginImport })
  async begin(@Req() request: Request, @Body() body: unknown): Promise<ImportShown> {
    requirePermission(request, 'import');
    const { what, fileName, mapping: name, mappingText: text } = validated(BeginImport, body);
    if (what === 'cases' && (name === undefined) === (text === undefined))
      throw failed([{ field: 'mapping', problem: 'cases are read by mapping or by mappingText: give one of them' }]);
    const mapping = name !== undefined ? { name } : text !== undefined ? { text } : undefined;
    const asked = { what, fileName, ...(what === 'cases' && mapping !== undefined && { mapping }) };
    return there(await this.engine.importJobs.ask(asked, actorOf(request)));
  }

  @Put(':id/file')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Hands the file over, its bytes are the body: CSV or XES, plain or gzip. Durable when answered',
  })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  async file(@Req() request: Request, @Param('id') id: string): Promise<ImportShown> {
    requirePermission(request, 'import');
    const content = request.rawBody === undefined ? request.raw : Readable.from([request.rawBody]);
    try {
      return there(await this.engine.importJobs.fill(id, content, IMPORT_FILE_LIMIT_BYTES), id);
    } catch (error) {
      if (error instanceof AttachmentTooLarge) throw new ProblemError('TOO_LARGE', { limitBytes: error.limitBytes });
      throw error;
    }
  }

  @Get()
  @ApiOperation({ summary: 'Imports that were handed over, with how far each is' })
  async list(@Req() request: Request, @Query() query: ImportsQuery): Promise<{ items: ImportShown[] }> {
    requirePermission(request, 'import');
    const { limit } = validated(ImportsQuery, given(query));
    return { items: await this.engine.importJobs.list(numberOf(limit, MOST, 'limit') ?? 50) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far an import is, and what came of its rows so far' })
  async one(@Req() request: Request, @Param('id') id: string): Promise<ImportShown> {
    requirePermission(request, 'import');
    return there(await this.engine.importJobs.get(id), id);
  }

  @Get(':id/report')
  @ApiOperation({ summary: 'What was rejected so far, with line, code and reason, as CSV' })
  @ApiProduces('text/csv')
  async report(@Req() request: Request, @Param('id') id: string, @Res() reply: Reply): Promise<void> {
    requirePermission(request, 'import');
    const rows = there(await this.engine.importJobs.report(id), id);
    void reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="import-report.csv"`);
    await reply.send(Readable.from(csvOf(rows)));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends an import where it stands; what is on record by now stays' })
  async cancel(@Req() request: Request, @Param('id') id: string): Promise<ImportShown> {
    requirePermission(request, 'import');
    return there(await this.engine.importJobs.cancel(id), id);
  }
}

function there<T extends object>(found: T | Refusal | undefined, id?: string): T {
  if (found === undefined) throw new ProblemError('IMPORT_NOT_FOUND', { id: id ?? '' });
  if (isRefusal(found)) throw new ProblemError(found.code, found.facts);
  return found;
}

async function* csvOf(rows: AsyncIterable<readonly RejectedRow[]>): AsyncGenerator<string> {
  yield REPORT_HEADER;
  for await (const some of rows) yield some.map(reportLine).join('');
}
