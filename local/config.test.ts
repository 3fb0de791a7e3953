import { describe, expect, it } from 'vitest';
import { ConfigError } from '../lambda/shared/variables.ts';
import { isLoopback, readConfig } from './config.ts';

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({}, [])).toEqual({
      port: 3001,
      host: '127.0.0.1',
      stage: 'production',
      logLevel: 'info',
      messagesPerSecond: 50,
      messageBurst: 100,
      membershipLimits: { connectionsPerMeeting: 500, connectionsPerUser: 5 },
      quotas: 'off',
      dataDir: '.cloudmeetx',
      durability: 'normal',
      historyTtlSeconds: 604_800,
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(readConfig({ PORT: '', STAGE: '' }, [])).toEqual(readConfig({}, []));
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3001.5'],
    ['PORT', '3e3'],
    ['PORT', ' 3001'],
    ['PORT', 'http'],
    ['STAGE', 'a/b'],
    ['STAGE', 's'.repeat(129)],
    ['LOG_LEVEL', 'verbose'],
    ['RATE_LIMIT_MESSAGES_PER_SECOND', '-1'],
    ['RATE_LIMIT_BURST', '0'],
    ['MAX_CONNECTIONS_PER_MEETING', '0'],
    ['MAX_CONNECTIONS_PER_USER', 'many'],
    ['MAX_CONNECTIONS_PER_USER', '21'],
    ['GATEWAY_QUOTAS', 'on'],
    ['DATA_SYNC', 'off'],
    ['HISTORY_TTL_SECONDS', '86399'],
  ])('refuses %s=%s, naming the variable and what it should be', (name, value) => {
    const read = () => readConfig({ [name]: value }, []);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name} must be .*, but is "`));
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', '128.0.0.1', '127.0.0.1.example.com'])(
    'refuses to open HOST=%s to others unless told to',
    (host) => {
      expect(() => readConfig({ HOST: host }, [])).toThrow(/without authentication.*--insecure/);
      expect(readConfig({ HOST: host }, ['--insecure']).host).toBe(host);
    },
  );

  it('knows the loopback addresses', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '::1']) expect(isLoopback(host)).toBe(true);
  });

  it('refuses options it does not know', () => {
    expect(() => readConfig({}, ['--insecur'])).toThrow('--insecur is no option. There is only --insecure.');
  });
});
