import { accept, refuse } from '#kernel';
import { decider, freeText, present, TextCommand } from '../command.js';
import { IdField, TextField } from '../fields.js';

/** K-3: what was promised is done, late too: a broken promise is still owed. */
export class KeepPromise extends TextCommand {
  @IdField()
  promiseId!: string;

  @TextField({ optional: true })
  text?: string;
}

/** Refusals: NO_OPEN_PROMISE, UNKNOWN_PROMISE, PROMISE_SETTLED. */
export const keepPromise = decider<KeepPromise>('KeepPromise', (command, state, facts) => {
  const { promiseId } = command;
  const promise = state.promises.find((it) => it.promiseId === promiseId);
  if (promise === undefined) {
    return refuse('UNKNOWN_PROMISE', { promiseId, promises: state.promises.map((it) => it.promiseId) });
  }
  if (promise.state !== 'open' && promise.state !== 'broken') {
    return refuse('PROMISE_SETTLED', { promiseId, state: promise.state });
  }
  const personal = present({ text: freeText(command, state, facts)(command.text) });
  return accept([{ type: 'PromiseKept', data: { promiseId }, personal }]);
});
