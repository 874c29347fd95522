import { test } from '@jest/globals';
import { accepted, given, received, recused } from '../testing/index.js';
import { completeRequiredStep } from './index.js';

const handling = () => given(received(), accepted());

test('H-4: a step is done once, by one person or two', () => {
  handling()
    .when(completeRequiredStep, { step: 're-test', secondPerson: 'zhang' })
    .gives(['RequiredStepDone', { step: 're-test', secondPerson: 'zhang' }])
    .leaves({ steps: ['re-test'] })
    .and()
    .when(completeRequiredStep, { step: 're-test' })
    .refused('STEP_DONE');
});

test('H-4: two people are two', () => {
  handling().when(completeRequiredStep, { step: 're-test', secondPerson: 'li' }).refused('SECOND_PERSON_IS_FIRST');
});

test('H-2: who is recused is no second person either', () => {
  given(received(), accepted(), recused('zhang'))
    .when(completeRequiredStep, { step: 're-test', secondPerson: 'zhang' })
    .refused('HANDLER_RECUSED');
});
