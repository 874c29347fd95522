import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { receiveCase } from '../receive-case/index.js';
import { classifyCase } from './index.js';

const call = { kind: 'complaint', channel: 'phone', content: 'x' } as const;

test('I-8: a category of the pack is taken, another refused, the same again is nothing', () => {
  given(received())
    .when(classifyCase, { category: 'other' })
    .gives(['CaseClassified', { category: 'other' }]);
  given(received()).when(classifyCase, { category: 'fees' }).refused('UNKNOWN_CATEGORY');
  given(received({ category: 'other' }))
    .when(classifyCase, { category: 'other' })
    .refused('NOTHING_CHANGES');
});

test('S-1: exposed in the media after it was received, it becomes major on the evidence of that event', () => {
  given(received())
    .when(classifyCase, { circumstances: ['media'] })
    .gives(
      ['CaseClassified', { circumstances: ['media'] }],
      ['SeverityRaised', { to: 'major', ground: { rule: 'S-1.media', evidence: ['event-1'] } }],
    );
});

test('S-3: a ground that falls takes its raise with it, down to what still stands', () => {
  given()
    .when(receiveCase, { ...call, persons: 3, circumstances: ['litigation'] })
    .leaves({ severity: 'major' })
    .and()
    .when(classifyCase, { circumstances: [] })
    .gives(
      ['CaseClassified', { circumstances: [] }],
      ['SeverityLowered', { from: 'major', to: 'important', fallen: ['id-3'], reasonCode: 'CaseClassified' }],
    )
    .leaves({ severity: 'important' });
});

test('S-3: a ground falls on record although a higher one still holds the severity', () => {
  given()
    .when(receiveCase, { ...call, circumstances: ['litigation', 'media'] })
    .and()
    .when(classifyCase, { circumstances: ['media'] })
    .gives(['CaseClassified'], ['SeverityLowered', { from: 'major', to: 'major' }])
    .leaves({ severity: 'major' });
});

test('K-1: a complaint that turns out to be a request has no reply due; the other way round it has', () => {
  given()
    .when(receiveCase, call)
    .and()
    .when(classifyCase, { kind: 'request' })
    .gives(['CaseClassified', { kind: 'request' }], ['DeadlineCancelled', { clock: 'K-1', run: 1 }])
    .and()
    .when(classifyCase, { kind: 'complaint' })
    .gives(['CaseClassified', { kind: 'complaint' }], ['DeadlineSet', { clock: 'K-1', run: 2 }]);
});
