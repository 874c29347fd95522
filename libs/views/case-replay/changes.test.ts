import { describe, expect, test } from '@jest/globals';
import { changesBetween } from './changes.js';

describe('A-5: what changed between two instants, field by field', () => {
  test('what stayed the same is not named', () => {
    expect(changesBetween({ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 2] } })).toEqual([]);
  });

  test('a field that came has no before, one that went no after', () => {
    expect(changesBetween({ owner: 'x' }, { unit: 'y' })).toEqual([
      { field: 'unit', to: 'y' },
      { field: 'owner', from: 'x' },
    ]);
  });

  test('members of a list are compared by their identity, not by their place', () => {
    const clock = (run: number, state: string) => ({ clock: 'first-reply', run, state });
    expect(
      changesBetween({ clocks: [clock(1, 'running')] }, { clocks: [clock(2, 'running'), clock(1, 'met')] }),
    ).toEqual([
      { field: 'clocks[first-reply#2].clock', to: 'first-reply' },
      { field: 'clocks[first-reply#2].run', to: 2 },
      { field: 'clocks[first-reply#2].state', to: 'running' },
      { field: 'clocks[first-reply#1].state', from: 'running', to: 'met' },
    ]);
  });

  test('a personal value changes as a whole', () => {
    expect(changesBetween({ content: { value: 'x' } }, { content: { erased: true } })).toEqual([
      { field: 'content', from: { value: 'x' }, to: { erased: true } },
    ]);
  });
});
