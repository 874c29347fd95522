import { test } from '@jest/globals';
import { accepted, given, received, resolved } from '../testing/index.js';
import { recordReturnVisit } from './index.js';

const handled = () => given(received(), accepted(), resolved());

test('V-1: the customer is visited and says whether they are satisfied', () => {
  handled()
    .when(recordReturnVisit, { channel: 'phone', reached: true, satisfied: true, score: 9, notes: 'glad' })
    .gives(['ReturnVisitMade', { reached: true, satisfied: true, score: 9 }]);
});

test('V-1: who was not reached has said nothing', () => {
  handled().when(recordReturnVisit, { channel: 'phone', reached: false }).gives(['ReturnVisitMade']);
  handled()
    .when(recordReturnVisit, { channel: 'phone', reached: false, satisfied: true })
    .refused('CUSTOMER_NOT_REACHED');
});
