import { ApiResponse, type ApiResponseNoStatusOptions } from '@nestjs/swagger';

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'facts'],
  properties: {
    type: { type: 'string', example: 'urn:redress:problem:PRECONDITION_FAILED' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable; branch on it.' },
    facts: { type: 'object', additionalProperties: true },
    correlationId: { type: 'string' },
  },
};

const CONTENT = { 'application/problem+json': { schema: PROBLEM_SCHEMA } };

/** What any route may answer instead of what was asked for (RFC 9457). */
export const PROBLEM_RESPONSES: readonly MethodDecorator[] = [
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
