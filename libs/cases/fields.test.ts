import 'reflect-metadata';
import { expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { caseCommand, CASE_COMMANDS, COMMAND_NAMES, type CommandName } from './index.js';

function wrongFields(name: CommandName, body: object): string[] {
  const command = plainToInstance(caseCommand(name).command, body);
  return validateSync(command, { whitelist: true, forbidNonWhitelisted: true }).map(({ property }) => property);
}

const call = { kind: 'complaint', channel: 'phone', content: '电梯' };

test('every command of the life is in the registry once, with its class under its own name', () => {
  expect(CASE_COMMANDS.map(({ name }) => name).sort()).toEqual([...COMMAND_NAMES].sort());
  expect(CASE_COMMANDS.every(({ name, command }) => command.name === name)).toBe(true);
});

test('auditors command nothing', () => {
  expect(CASE_COMMANDS.filter(({ roles }) => roles.includes('auditor'))).toEqual([]);
});

test('a good body is taken', () => {
  expect(wrongFields('ReceiveCase', { ...call, complainant: { name: 'Anna' }, circumstances: ['media'] })).toEqual([]);
});

test.each([
  ['content', { content: '' }],
  ['content', { content: 7 }],
  ['content', { content: '\ud800' }],
  ['content', { content: 'x'.repeat(100_001) }],
  ['kind', { kind: 'praise' }],
  ['kind', { kind: ['complaint'] }],
  ['persons', { persons: 0 }],
  ['persons', { persons: 1.5 }],
  ['persons', { persons: '3' }],
  ['category', { category: null }],
  ['circumstances', { circumstances: ['rain'] }],
  ['circumstances', { circumstances: 'media' }],
  ['complainant', { complainant: [] }],
  ['complainant', { complainant: [[]] }],
  ['complainant', { complainant: 'Anna' }],
  ['complainant', { complainant: { name: {} } }],
  ['occurredAt', { occurredAt: '2026-01-05' }],
  ['occurredAt', { occurredAt: '2026-01-05T10:00:00' }],
  ['occurredAt', { occurredAt: '2026-02-30T10:00:00Z' }],
  ['occurredAt', { occurredAt: '0000-01-01T00:00:00+14:00' }],
  ['occurredAt', { occurredAt: 0 }],
  ['unit', { unit: 'a b' }],
  ['answeredAtOnce', { answeredAtOnce: 'yes' }],
  ['colour', { colour: 'red' }],
])('a wrong %s is refused: %j', (property, wrong) => {
  expect(wrongFields('ReceiveCase', { ...call, ...wrong })).toEqual([property]);
});

test('I-3: an instant with any offset becomes UTC', () => {
  const { occurredAt } = plainToInstance(caseCommand('AcceptCase').command, {
    occurredAt: '2026-01-05T09:00:00+08:00',
  });
  expect(occurredAt).toBe('2026-01-05T01:00:00.000Z');
});

test('lists of nested fields hold objects of their shape', () => {
  const members = (value: unknown) => wrongFields('GrowGroup', { members: value });
  expect(members([{ name: 'Bo' }])).toEqual([]);
  expect(members([[]])).toEqual(['members']);
  expect(members(['Bo'])).toEqual(['members']);
  expect(members([{ nickname: 'Bo' }])).toEqual(['members']);
  expect(members(Array(101).fill({}))).toEqual(['members']);
});

test('I-2: free text is kept exactly as it was said, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (text) => {
      const command = plainToInstance(caseCommand('AddNote').command, { text }) as { text?: string };
      expect(command.text).toBe(text);
      expect(wrongFields('AddNote', { text })).toEqual([]);
    }),
  );
});

test('nothing that is sent throws: it is taken or named as wrong', () => {
  fc.assert(
    fc.property(fc.constantFrom(...COMMAND_NAMES), fc.dictionary(fc.string(), fc.anything()), (name, body) => {
      wrongFields(name, body);
    }),
  );
});
