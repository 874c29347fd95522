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

  test('EVENT_STORE: EventStoreDB clients come without credentials on loopback only', () => {
    const insecure = { REDRESS_ESDB_PORT: '2113', REDRESS_ESDB_INSECURE: '1' };
    expect(readSettings(insecure).esdb).toEqual({ port: 2113, insecure: true, foreignWrites: false });
    expect(() => readSettings({ ...insecure, HOST: '0.0.0.0' })).toThrow(/loopback/);
    expect(() => readSettings({ REDRESS_ESDB_INSECURE: '1' })).toThrow(/REDRESS_ESDB_PORT/);
    expect(readSettings({ HOST: '0.0.0.0', REDRESS_ESDB_PORT: '0' }).esdb).toMatchObject({ insecure: false });
    expect(readSettings({}).esdb).toBeUndefined();
  });

  test('a certificate goes with its key', () => {
    expect(() => readSettings({ REDRESS_TLS_CERT: 'a.pem' })).toThrow(/go together/);
  });
});
