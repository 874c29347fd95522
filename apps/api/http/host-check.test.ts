import { expect, test } from '@jest/globals';
import { hostCheck } from './host-check.js';

test('bound to loopback, only names of loopback and the public hosts are answered', () => {
  const answers = hostCheck('127.0.0.1', ['desk.example.org']);
  for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST', 'desk.example.org:443']) {
    expect([host, answers(host)]).toEqual([host, true]);
  }
  for (const host of ['evil.example', 'localhost.evil.example:3000', '127.0.0.1.evil.example', '', undefined]) {
    expect([host, answers(host)]).toEqual([host, false]);
  }
});

test('bound to all addresses, the network decides who comes', () => {
  expect(hostCheck('0.0.0.0', [])('anything.example')).toBe(true);
});
