import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { CaseState } from '#cases';
import { caseIdOf } from '../commands/sending.js';
import { Engine } from '../engine/engine.js';
import type { Reply, Request } from '../http/context.js';
import { PAGE_HEADERS } from '../http/page-headers.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';
import { momentOf, MomentQuery } from '../queries/moment.js';
import { ChoiceParameter, given, NumberParameter, numberOf } from '../queries/query-fields.js';
import { formPage, type FilledForm } from './form-page.js';
import { languageOf, LANGUAGES, type Language } from './language.js';

const MOST_VERSIONS = 9999;

export class FormQuery extends MomentQuery {
  @ChoiceParameter(LANGUAGES, 'Language of the sheet; what Accept-Language asks for where it is left out')
  readonly lang?: Language;

  @NumberParameter(MOST_VERSIONS, 'Which version, as often as it was filled; the last one where it is left out')
  readonly version?: string;
}

/** Section 12: the forms of a case on paper. */
@ApiTags('cases')
@ApiParam({ name: 'id' })
@Controller('cases/:id')
export class FormsController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get('forms/:form')
  @ApiOperation({
    summary: 'A form of the case as a page that prints on A4; empty, to be filled by hand, where nobody filled it yet',
  })
  @ApiProduces('text/html')
  async print(
    @Req() request: Request,
    @Param('form') id: string,
    @Query() query: FormQuery,
    @Res() reply: Reply,
  ): Promise<void> {
    const { lang, version: asked, ...rest } = validated(FormQuery, given(query));
    const moment = momentOf(request, rest);
    const detail = await this.engine.reading.detail(caseIdOf(request), moment);
    if (detail === undefined) throw new ProblemError('CASE_NOT_FOUND');
    const policy = this.engine.rulebook.policyOf(detail['rules'] as CaseState['policy'], this.engine.clock.now());
    const form = policy?.forms.find((it) => it.id === id);
    if (form === undefined) throw new ProblemError('FORM_NOT_FOUND', { forms: policy?.forms.map((it) => it.id) ?? [] });
    const versions = ((detail['forms'] ?? []) as unknown as FilledForm[]).filter((it) => it.form === id);
    const version = numberOf(asked, MOST_VERSIONS, 'version') ?? versions.length;
    const filled = versions[version - 1];
    if (filled === undefined && asked !== undefined)
      throw new ProblemError('FORM_NOT_FOUND', { versions: versions.length });
    const people = this.engine.directory.listPeople();
    const page = formPage({
      ...{ form, filled, version, versions: versions.length, ref: String(detail['ref']) },
      by: people.find((person) => person.id === filled?.by)?.name ?? filled?.by ?? '',
      language: lang ?? languageOf(request.headers['accept-language']),
      timeZone: people.find((person) => person.id === moment.actor.id)?.timeZone ?? policy?.notices?.timeZone ?? 'UTC',
      printedAt: this.engine.clock.now(),
    });
    await reply.headers(PAGE_HEADERS).header('vary', 'accept-language').type('text/html; charset=utf-8').send(page);
  }
}
