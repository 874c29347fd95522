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

  test('jobs are carried by Redis where it is named', () => {
    expect(readSettings({ REDRESS_REDIS_URL: 'rediss://:secret@x:6380/1' }).redisUrl).toBe('rediss://:secret@x:6380/1');
    for (const url of ['http://x', 'redis:', 'x:6379']) {
      expect(() => readSettings({ REDRESS_REDIS_URL: url })).toThrow(/REDRESS_REDIS_URL is wrong/);
    }
  });

  test('a log in EventStoreDB needs its views in PostgreSQL, and is served by EventStoreDB itself', () => {
    const shared = { EVENTSTOREDB_URL: 'esdb://x', REDRESS_DATABASE_URL: 'postgres://x/y' };
    expect(readSettings(shared)).toMatchObject({ eventStoreUrl: 'esdb://x', databaseUrl: 'postgres://x/y' });
    expect(() => readSettings({ EVENTSTOREDB_URL: 'esdb://x' })).toThrow(/needs REDRESS_DATABASE_URL/);
    expect(() => readSettings({ ...shared, REDRESS_ESDB_PORT: '2113' })).toThrow(/EventStoreDB itself/);
    for (const url of ['http://x', 'esdb://']) {
      expect(() => readSettings({ ...shared, EVENTSTOREDB_URL: url })).toThrow(/EVENTSTOREDB_URL is wrong/);
    }
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

describe('mail', () => {
  const mail = { REDRESS_SMTP_URL: 'smtp://redress:p%40ss@mail.example.org:587', REDRESS_MAIL_FROM: 'a@example.org' };

  test('without a mail server notifications go into the log; links lead to where the server listens', () => {
    expect(readSettings({})).toMatchObject({ mail: undefined, publicUrl: 'http://127.0.0.1:3000' });
    expect(readSettings({ HOST: '::', PORT: '80' })).toMatchObject({ publicUrl: 'http://127.0.0.1:80' });
  });

  test('a mail server goes with whom its mail is from', () => {
    expect(readSettings(mail).mail).toEqual({ url: mail.REDRESS_SMTP_URL, from: 'a@example.org' });
    expect(readSettings({ ...mail, REDRESS_MAIL_FROM: '投诉 <a@example.org>' }).mail?.from).toBe(
      '投诉 <a@example.org>',
    );
    for (const one of ['REDRESS_SMTP_URL', 'REDRESS_MAIL_FROM'] as const) {
      expect(() => readSettings({ [one]: mail[one] })).toThrow(/go together/);
    }
  });

  test('a wrong one is an error at the start that does not repeat the password', () => {
    const wrong: Record<string, string>[] = [
      { REDRESS_SMTP_URL: 'mail.example.org' },
      { REDRESS_SMTP_URL: 'http://redress:p%40ss@mail.example.org' },
      { REDRESS_MAIL_FROM: 'nobody' },
      { REDRESS_MAIL_FROM: 'a@example.org\r\nBcc: b@example.org' },
      { REDRESS_PUBLIC_URL: 'complaints.example.org' },
      { REDRESS_PUBLIC_URL: 'javascript:alert(1)' },
      { REDRESS_PUBLIC_URL: 'https://example.org/#/x' },
    ];
    for (const setting of wrong) {
      const [name] = Object.keys(setting) as [string];
      expect(() => readSettings({ ...mail, ...setting })).toThrow(
        new RegExp(`^${name} is wrong; allowed is(?!.*p%40ss)`),
      );
    }
    expect(readSettings({ REDRESS_PUBLIC_URL: 'https://example.org/desk/' }).publicUrl).toBe(
      'https://example.org/desk',
    );
  });
});
