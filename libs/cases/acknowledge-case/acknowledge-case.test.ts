import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { acknowledgeCase } from './index.js';

test('I-11: what was said is confirmed, with an apology where it is due', () => {
  given(received())
    .when(acknowledgeCase, { channel: 'phone', apologised: true })
    .gives(['CaseAcknowledged', { channel: 'phone', apologised: true }])
    .leaves({ acknowledged: true });
});
