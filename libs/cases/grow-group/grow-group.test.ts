import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { growGroup } from './index.js';

test('I-7, S-1: with a third person the complaint becomes important, with a tenth major', () => {
  given(received())
    .when(growGroup, { members: [{ name: 'Bo' }, { name: 'Chen' }] })
    .gives(
      ['GroupGrown', { persons: 3 }],
      ['SeverityRaised', { from: 'general', to: 'important', ground: { evidence: ['event-1'] } }],
    )
    .and()
    .when(growGroup, { persons: 10 })
    .gives(['GroupGrown', { persons: 10 }], ['SeverityRaised', { from: 'important', to: 'major' }]);
});

test('EVENTS 7: every complainant of a group has a key', () => {
  given(received())
    .when(growGroup, { persons: 5, members: [{ name: 'Bo' }, {}] })
    .sealed({ 'complainant:key-1': { keyId: 'key-1' } })
    .told({ members: ['key-1', 'key-2'] });
});

test('I-7: a group grows, and has at least those who are named', () => {
  given(received({ persons: 4 }))
    .when(growGroup, { persons: 4 })
    .refused('GROUP_NOT_GROWN', { before: 4 });
  given(received())
    .when(growGroup, { persons: 2, members: [{}, {}] })
    .refused('PERSONS_FEWER_THAN_NAMED', { named: 3 });
});
