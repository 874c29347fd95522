import { expect, test } from '@jest/globals';
import { agent, by, given, received } from '../testing/index.js';
import { receiveCase } from './index.js';

const call = { kind: 'complaint', channel: 'phone', content: '电梯又坏了 🛗' } as const;

test('I-2, K-1: a complaint is recorded and its first reply is due two days after recording', () => {
  given()
    .when(receiveCase, { ...call, category: 'property_management', unit: 'service-centre' })
    .gives(
      ['CaseReceived', { kind: 'complaint', channel: 'phone', persons: 1, category: 'property_management' }],
      [
        'DeadlineSet',
        { clock: 'K-1', run: 1, countsFrom: 'recorded', dueAt: '2026-01-07T01:00:00.000Z', budget: '2d' },
      ],
    )
    .leaves({ phase: 'received', severity: 'general', unit: 'service-centre' });
});

test('I-3, K-1: entered late, it happened before and its clock counts from recording', () => {
  given()
    .when(receiveCase, { ...call, occurredAt: '2026-01-01T09:00:00.000Z' })
    .gives(
      ['CaseReceived', {}, '2026-01-01T09:00:00.000Z'],
      ['DeadlineSet', { startsAt: '2026-01-05T01:00:00.000Z', dueAt: '2026-01-07T01:00:00.000Z' }],
    );
});

test('K-8: what has not happened yet is refused', () => {
  given()
    .when(receiveCase, { ...call, occurredAt: '2026-01-05T01:00:00.001Z' })
    .refused('OCCURRED_IN_FUTURE');
});

test('EVENTS 6, 7: each person has a key of their own, each text one that mentions the complainant', () => {
  given()
    .when(receiveCase, {
      ...call,
      subject: 'lift',
      complainant: { name: 'Anna', phone: '139' },
      representative: { name: 'Bo' },
      externalReference: 'A-77',
    })
    .sealed({
      subject: { mentions: ['key-1'] },
      content: { mentions: ['key-1'] },
      complainant: { keyId: 'key-1' },
      representative: { keyId: 'key-2' },
      externalReference: { keyId: 'key-1' },
    })
    .told({ complainant: 'key-1', representative: 'key-2' })
    .leaves({
      texts: [
        { keyId: 'key-3', mentions: ['key-1'] },
        { keyId: 'key-4', mentions: ['key-1'] },
      ],
    });
});

test('I-4: who says nothing about themselves is a party all the same', () => {
  given()
    .when(receiveCase, call)
    .leaves({ parties: [{ partyId: 'key-1', role: 'complainant' }] });
});

test('S-1: ten people together make a complaint major on two grounds, with the call as evidence', () => {
  given()
    .when(receiveCase, { ...call, persons: 10 })
    .gives(
      ['CaseReceived', { persons: 10 }],
      ['SeverityRaised', { from: 'general', to: 'major', ground: { rule: 'S-1.ten-persons', evidence: ['event-0'] } }],
      ['GroundEstablished', { ground: { rule: 'S-1.three-persons', severity: 'important' } }],
      ['DeadlineSet'],
    )
    .leaves({ severity: 'major' });
});

test('S-1: litigation or the media make a complaint major', () => {
  given()
    .when(receiveCase, { ...call, circumstances: ['litigation'] })
    .leaves({ severity: 'major' });
  given()
    .when(receiveCase, { ...call, circumstances: ['media', 'media'] })
    .leaves({ circumstances: ['media'] });
});

test('I-10: a service request takes the same path without the clock of complaints', () => {
  given()
    .when(receiveCase, { ...call, kind: 'request' })
    .gives(['CaseReceived', { kind: 'request' }]);
});

test('I-11: a small matter answered at once has had its first reply', () => {
  given()
    .when(receiveCase, { ...call, answeredAtOnce: true })
    .gives(['CaseReceived', { answeredAtOnce: true }], ['DeadlineSet'], ['DeadlineMet', { clock: 'K-1' }]);
});

test('I-8: a category the pack does not have is refused with those it has', () => {
  given()
    .when(receiveCase, { ...call, category: 'plumbing' })
    .refused('UNKNOWN_CATEGORY', { allowed: expect.arrayContaining(['engineering_quality']) as never });
});

test('a case is received once, and never by an auditor', () => {
  given(received()).when(receiveCase, call, agent).refused('CASE_NOT_ACCEPTED', { phase: 'received' });
  given().when(receiveCase, call, by('eve', 'auditor')).refused('ROLE_NOT_ALLOWED');
});
