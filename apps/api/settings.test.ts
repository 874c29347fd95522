import { describe, expect, test } from '@jest/globals';
import { readSettings, WrongSettings } from './settings.js';

describe('DESIGN "Settings"', () => {
  test('without any setting the engine binds to loopback and keeps its data in ./data', () => {
    expect(readSettings({})).toMatchObject({ port: 3000, host: '127.0.0.1', folder: 'data', testClock: undefined });
  });

  test('an unknown REDRESS_ name is an error that lists the known ones', () => {
    expect(() => readSettings({ REDRESS_DTAA: 'x' })).toThrow(/REDRESS_DTAA is no setting.*REDRESS_DATA/);
  });

  test('a wrong value is an error that says what is allowed', () => {
    expect(() => readSettings({ PORT: 'many', REDRESS_LOG_LEVEL: 'loud' })).toThrow(/TCP port[^]*fatal, error/);
    expect(() => readSettings({ REDRESS_TEST_CLOCK: '2026-02-30T00:00:00Z' })).toThrow(WrongSettings);
  });

  test('a setting of a later release says plainly that it is not built', () => {
    expect(() => readSettings({ EVENTSTOREDB_URL: 'esdb://x' })).toThrow(/EVENTSTOREDB_URL is not built yet/);
  });

  test('a certificate goes with its key', () => {
    expect(() => readSettings({ REDRESS_TLS_CERT: 'a.pem' })).toThrow(/go together/);
  });
});
