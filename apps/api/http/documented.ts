import {
  ApiExtraModels,
  ApiProperty,
  ApiResponse,
  getSchemaPath,
  type ApiResponseNoStatusOptions,
} from '@nestjs/swagger';

/** How an error is told (RFC 9457). */
export class ProblemBody {
  @ApiProperty({ example: 'urn:redress:problem:PRECONDITION_FAILED' })
  readonly type!: string;

  @ApiProperty()
  readonly title!: string;

  @ApiProperty({ type: 'integer' })
  readonly status!: number;

  @ApiProperty()
  readonly detail!: string;

  @ApiProperty({ description: 'Stable; branch on it.' })
  readonly code!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly facts!: object;

  @ApiProperty({ required: false })
  readonly correlationId?: string;
}

const CONTENT = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemBody) } } };

/** What any route may answer instead of what was asked for (RFC 9457). */
export const PROBLEM_RESPONSES: readonly MethodDecorator[] = [
  ApiExtraModels(ProblemBody),
  ApiResponse({ status: '4XX', description: 'A problem with a stable code', content: CONTENT } as never),
  ApiResponse({ status: 503, description: 'Not now; try again', content: CONTENT } as never),
];

/** What a write answers. */
export const WRITE_RESPONSE: ApiResponseNoStatusOptions = {
  description: 'It is on record.',
  headers: {
    ETag: { schema: { type: 'string' }, description: 'The last revision that a person or another system caused' },
    'Redress-Position': { schema: { type: 'string' }, description: 'Read with ?atLeast= this to see your own write' },
  },
  schema: {
    type: 'object',
    required: ['caseId', 'revision', 'position', 'result'],
    properties: {
      caseId: { type: 'string' },
      revision: { type: 'integer' },
      position: { type: 'string' },
      result: { type: 'object', additionalProperties: true },
    },
  },
};
