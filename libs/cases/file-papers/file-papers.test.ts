import { test } from '@jest/globals';
import { accepted, given, received, resolved } from '../testing/index.js';
import { filePapers } from './index.js';

test('I-6: the papers are filed with the service centre', () => {
  given(received(), accepted(), resolved())
    .when(filePapers, { with: 'service-centre' })
    .gives(['PapersFiled', { with: 'service-centre' }])
    .leaves({ papersFiledWith: 'service-centre' });
});
