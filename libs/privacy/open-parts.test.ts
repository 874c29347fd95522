import { expect, test } from '@jest/globals';
import type { RecordedEvent, SealedPart } from '#kernel';
import { erasedKeysIn, openParts, type LostKey, type PartToOpen } from '#privacy';

const sealed = (keyId: string): SealedPart => ({ keyId, nonce: '', ciphertext: '' });

const event = (stream: string, id: string, keys: Record<string, string>): RecordedEvent => ({
  id,
  stream,
  revision: 0,
  type: 'NoteAdded',
  data: {},
  personal: Object.fromEntries(Object.entries(keys).map(([part, keyId]) => [part, sealed(keyId)])),
  meta: {} as RecordedEvent['meta'],
});

/** Opens every part under a key that is there as "<event> <part>". */
const vaultWith = (...keyIds: string[]) => {
  const batches: number[] = [];
  return {
    batches,
    open: async (parts: readonly PartToOpen[]) => {
      batches.push(parts.length);
      return parts.map(({ eventId, part, sealed: { keyId } }) =>
        keyIds.includes(keyId) ? { value: `${eventId} ${part}` } : { missing: true as const },
      );
    },
  };
};

test('EVENTS.md 8: a missing key is erased where its stream says so, else lost, loudly', async () => {
  const lost: LostKey[] = [];
  const asked: string[] = [];
  const vault = vaultWith('here');
  const opened = await openParts(
    vault,
    async (stream) => {
      asked.push(stream);
      return new Set(stream === 'case-1' ? ['gone'] : []);
    },
    [
      event('case-1', 'a', { subject: 'here', content: 'gone' }),
      event('case-2', 'b', { content: 'gone', reason: 'here' }),
      event('case-3', 'c', {}),
      event('case-4', 'd', { content: 'here' }),
    ],
    (key) => lost.push(key),
  );
  expect(opened.map(({ personal }) => personal)).toEqual([
    { subject: { value: 'a subject' }, content: { erased: true } },
    { content: { lost: true }, reason: { value: 'b reason' } },
    {},
    { content: { value: 'd content' } },
  ]);
  expect(lost).toEqual([{ code: 'KEY_LOST', keyId: 'gone', stream: 'case-2', eventId: 'b', part: 'content' }]);
  expect(asked.sort()).toEqual(['case-1', 'case-2']);
  expect(vault.batches).toEqual([5]);
});

test('the erased keys of a stream are those all its SubjectErased name', () => {
  const events = [
    { type: 'SubjectErased', data: { parties: ['p'], keyIds: ['p', 'text-1'] } },
    { type: 'NoteAdded', data: { keyIds: ['not this'] } },
    { type: 'SubjectErased', data: { parties: [], keyIds: ['text-2'] } },
    { type: 'SubjectErased', data: {} },
  ];
  expect(erasedKeysIn(events)).toEqual(new Set(['p', 'text-1', 'text-2']));
});
