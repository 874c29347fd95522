import { expect, test } from '@jest/globals';
import type { FormRule } from '#policy';
import { shippedPack } from '#policy/testing';
import { formPage, type FilledForm, type FormPrinted } from './form-page.js';
import { languageOf } from './language.js';

const formOf = (pack: string, id: string): FormRule => shippedPack(pack).forms.find((it) => it.id === id)!;

const HOSTILE = `<script>alert("1")</script> & 'x' \u202Egnp 😡`;
const filled: FilledForm = {
  formId: 'f',
  form: 'satisfaction_survey',
  by: 'li',
  at: '2026-01-05T16:30:00.000Z',
  values: { result_score: 4, service_score: 5 },
  words: { value: { words: HOSTILE } },
};
const printed = (more: Partial<FormPrinted> = {}): string =>
  formPage({
    ...{ form: formOf('group', 'satisfaction_survey'), ref: 'A1B2C3D4', filled, version: 2, versions: 2, by: HOSTILE },
    ...{ language: 'en', timeZone: 'Asia/Shanghai', printedAt: '2026-01-06T01:00:00.000Z' },
    ...more,
  });

test('section 12: every value stands as text, whatever it contains, and the page runs nothing', () => {
  const page = printed();
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;');
  expect(page.match(/&lt;script&gt;/g)).toHaveLength(2);
  expect(page).toContain('@page { size: A4');
});

test('section 12: in Chinese and English, with the time in the zone of the reader', () => {
  const english = printed();
  for (const said of ['Satisfaction survey', 'Score of the result', 'Version 2 of 2', '6 Jan 2026, 00:30 GMT+8']) {
    expect(english).toContain(said);
  }
  const chinese = printed({ language: 'zh' });
  for (const said of ['<html lang="zh-CN">', '客户满意度调查表', '对结果的评分', '第 2 版，共 2 版']) {
    expect(chinese).toContain(said);
  }
});

test.each([
  [{ erased: true } as const, 'erased on request'],
  [{ withheld: true } as const, 'withheld'],
  [{ lost: true } as const, 'cannot be read: its key is lost'],
])('EVENTS 8, 9: personal words that are %j are shown as such, the rest stays', (words, said) => {
  const page = printed({ filled: { ...filled, words }, by: 'Li Na' });
  expect(page).toContain(`<em>${said}</em>`);
  expect(page).toContain('>5</td>');
  expect(page).not.toContain('script');
});

test('a form that nobody has filled is printed empty, to be filled by hand', () => {
  const page = printed({ filled: undefined, version: 0, versions: 0, by: '' });
  expect(page).toContain('Not filled yet');
  expect(page.match(/<td dir="auto"><\/td>/g)).toHaveLength(3);
});

test('choices and yes or no are told in the words of the pack', () => {
  const form = formOf('group', 'visit_by_phone');
  const words = { value: { course: 'x' } };
  const page = printed({ form, filled: { ...filled, values: { wording_agreed: true }, words }, language: 'zh' });
  expect(page).toContain('<th scope="row">话术已确定</th><td dir="auto">是</td>');
});

test.each([
  [undefined, 'zh'],
  ['en-GB,en;q=0.9', 'en'],
  ['fr, en;q=0.5, zh-TW;q=0.8', 'zh'],
  ['zh;q=0, en;q=0.1', 'en'],
  ['*', 'zh'],
])('Accept-Language %s asks for %s', (accepted, language) => expect(languageOf(accepted)).toBe(language));
