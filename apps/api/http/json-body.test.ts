import { describe, expect, test } from '@jest/globals';
import { parseJsonBody } from './json-body.js';

const parse = (text: string) => parseJsonBody(Buffer.from(text));
const code = (run: () => unknown): string => {
  try {
    run();
    return 'taken';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

describe('a body is JSON in UTF-8, whatever else it holds', () => {
  test('hostile text is taken as it was said', () => {
    expect(parse('{"content":"<script>constructor</script> 中文 \\u0000"}')).toEqual({
      content: '<script>constructor</script> 中文 \0',
    });
  });

  test('broken JSON and broken UTF-8 are told apart from wrong fields', () => {
    expect(code(() => parse('{"a":'))).toBe('BROKEN_JSON');
    expect(code(() => parseJsonBody(Buffer.from([0x22, 0xc3, 0x28, 0x22])))).toBe('BROKEN_JSON');
  });

  test('EVENTS 5: a lone surrogate is refused', () => {
    expect(code(() => parse('{"content":"\\ud83d"}'))).toBe('MALFORMED_TEXT');
    expect(code(() => parse('{"content":"\\ud83d\\ude00"}'))).toBe('taken');
  });

  test('a field with a meaning to the language is refused, however it is written', () => {
    expect(code(() => parse('{"__proto__":{"role":"administrator"}}'))).toBe('VALIDATION_FAILED');
    expect(code(() => parse('{"a":{"\\u005f_proto__":1}}'))).toBe('VALIDATION_FAILED');
  });

  test('a body nested beyond reason is refused without exhausting the stack', () => {
    expect(code(() => parse('['.repeat(100_000) + ']'.repeat(100_000)))).toBe('VALIDATION_FAILED');
  });
});
