import { test } from '@jest/globals';
import { accepted, declined, given, received, resolved } from '../testing/index.js';
import { notifyCustomer } from './index.js';

const letter = { channel: 'letter', inWriting: true, text: 'Dear Anna' } as const;

test('H-6: the customer is told the result in writing', () => {
  given(received(), accepted(), resolved())
    .when(notifyCustomer, letter)
    .gives(['CustomerNotified', { channel: 'letter', inWriting: true }])
    .leaves({ notified: true });
});

test('I-5: who is declined is told too, and nobody before there is a result', () => {
  given(received(), declined()).when(notifyCustomer, letter).gives(['CustomerNotified']);
  given(received(), accepted()).when(notifyCustomer, letter).refused('CASE_IN_HANDLING');
});
