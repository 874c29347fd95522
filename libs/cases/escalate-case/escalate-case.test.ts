import { test } from '@jest/globals';
import { accepted, escalated, given, received } from '../testing/index.js';
import { escalateCase } from './index.js';

test('E-1: a person calls in those above, each time one level higher', () => {
  given(received(), accepted(), escalated())
    .when(escalateCase, { reasonCode: 'too_hard', recipients: ['wang', 'wang'] })
    .gives(['CaseEscalated', { escalationId: 'id-1', level: 2, recipients: ['wang'] }])
    .told({ escalationId: 'id-1', level: 2 });
});
