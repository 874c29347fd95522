import { test } from '@jest/globals';
import { assigned, given, received } from '../testing/index.js';
import { passOnCase } from './index.js';

test('I-6: not its own, so passed to the service centre', () => {
  given(received())
    .when(passOnCase, { to: 'service_centre' })
    .gives(['CasePassedOn', { to: 'service_centre' }])
    .leaves({ passedOnTo: 'service_centre' });
});

test('I-6: only a complainant who agrees is given a contact instead', () => {
  given(received()).when(passOnCase, { to: 'contact_given' }).refused('COMPLAINANT_MUST_AGREE');
  given(received())
    .when(passOnCase, { to: 'contact_given', complainantAgreed: true })
    .gives(['CasePassedOn', { complainantAgreed: true }]);
});

test('I-6: the unit that takes it over has it from then on', () => {
  given(received())
    .when(passOnCase, { to: 'service_centre', unit: 'service-centre' })
    .gives(['CasePassedOn', { to: 'service_centre' }], ['CaseAssigned', { unit: 'service-centre' }]);
  given(received(), assigned('property', 'zhang'))
    .when(passOnCase, { to: 'service_centre', unit: 'service-centre' })
    .gives(['CasePassedOn'], ['CaseTransferred', { fromUnit: 'property', unit: 'service-centre' }])
    .leaves({ unit: 'service-centre', passedOnTo: 'service_centre' });
  given(received(), assigned('property'))
    .when(passOnCase, { to: 'service_centre', unit: 'property' })
    .refused('SAME_UNIT');
});
