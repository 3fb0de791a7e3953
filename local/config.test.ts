import { describe, expect, it } from 'vitest';
import { ConfigError } from '../lambda/shared/variables.ts';
import { isLoopback, readConfig } from './config.ts';

const authentication = { AUTH_SECRET: 'a secret of thirty-two bytes, or more' };

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({}, [])).toEqual({
      port: 3001,
      host: '127.0.0.1',
      stage: 'production',
      logLevel: 'info',
      messagesPerSecond: 50,
      messageBurst: 100,
      queueAbove: Number.POSITIVE_INFINITY,
      membershipLimits: { connectionsPerMeeting: 500, connectionsPerUser: 5 },
      quotas: 'off',
      dataDir: '.cloudmeetx',
      durability: 'normal',
      historyTtlSeconds: 604_800,
      banSeconds: 3600,
      ice: { stunUrls: [], turn: undefined },
      authentication: undefined,
      allowedOrigins: { kind: 'loopback' },
      certificateFiles: undefined,
      trustedProxies: { kind: 'none' },
      tokenUrl: undefined,
      reach: 'this machine',
      connectionsPerAddress: 0,
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
    ['MAX_CONNECTIONS_PER_ADDRESS', '-1'],
    ['TRUST_PROXY', 'yes'],
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

  it('refuses to be opened to others by a proxy likewise', () => {
    for (const proxies of ['1', '127.0.0.1']) {
      expect(() => readConfig({ TRUST_PROXY: proxies }, [])).toThrow(/^TRUST_PROXY would open.*--insecure/);
      expect(readConfig({ TRUST_PROXY: proxies }, ['--insecure']).reach).toBe('others');
      expect(readConfig({ TRUST_PROXY: proxies, ...authentication }, []).reach).toBe('others');
    }
  });

  it('opens itself to others with authentication, within limits for each address', () => {
    expect(readConfig({ HOST: '0.0.0.0', ...authentication }, [])).toMatchObject({
      host: '0.0.0.0',
      reach: 'others',
      connectionsPerAddress: 100,
    });
    expect(readConfig({ MAX_CONNECTIONS_PER_ADDRESS: '7' }, []).connectionsPerAddress).toBe(7);
    const unlimited = { HOST: '0.0.0.0', MAX_CONNECTIONS_PER_ADDRESS: '0', ...authentication };
    expect(readConfig(unlimited, []).connectionsPerAddress).toBe(0);
  });

  it('lets any page in where a token is asked for, and else those it can know', () => {
    const kindOf = (env: Readonly<Record<string, string>>, flags: readonly string[] = []) =>
      readConfig(env, flags).allowedOrigins.kind;
    expect(kindOf(authentication)).toBe('any');
    expect(kindOf({ HOST: '0.0.0.0', ...authentication })).toBe('any');
    expect(kindOf({})).toBe('loopback');
    expect(kindOf({ HOST: '0.0.0.0' }, ['--insecure'])).toBe('own-host');
    expect(kindOf({ TRUST_PROXY: '1' }, ['--insecure'])).toBe('own-host');
    for (const env of [{}, authentication]) {
      expect(kindOf({ ALLOWED_ORIGINS: 'https://meet.example.com', ...env })).toBe('listed');
      expect(kindOf({ ALLOWED_ORIGINS: '*', ...env })).toBe('any');
    }
  });

  it.each([
    ['https://meet.example.com/', ': write https://meet.example.com.'],
    ['https://meet.example.com:443', ': write https://meet.example.com.'],
    ['http://localhost:80', ': write http://localhost.'],
    ['https://bücher.example', ': write https://xn--bcher-kva.example.'],
    ['https://meet.example.com/path?query', ': write https://meet.example.com.'],
    ['https://*.example.com', '.'],
    ['https://user@meet.example.com', '.'],
    ['meet.example.com', '.'],
    ['https://', '.'],
    ['*, https://meet.example.com', '.'],
    ['https://meet.example.com,', '.'],
  ])('refuses ALLOWED_ORIGINS=%s, and says what to write', (value, hint) => {
    const read = () => readConfig({ ALLOWED_ORIGINS: value }, []);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^ALLOWED_ORIGINS must be \* or a list such as .*, but has "/);
    expect(read).toThrow(new RegExp(`"${hint.replaceAll('.', '\\.')}$`));
  });

  it.each([
    ['https://meet.example.com', 'https://meet.example.com'],
    ['HTTPS://Meet.Example.com', 'https://meet.example.com'],
    [' http://localhost:5173 ', 'http://localhost:5173'],
    ['http://[::1]:5173', 'http://[::1]:5173'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['null', 'null'],
  ])('takes ALLOWED_ORIGINS=%s', (value, origin) => {
    const env = { ALLOWED_ORIGINS: `https://first.example,${value}` };
    const origins = new Set(['https://first.example', origin]);
    expect(readConfig(env, []).allowedOrigins).toEqual({
      kind: 'listed',
      origins,
      ownPage: 'of loopback',
    });
    expect(readConfig({ ...env, ...authentication }, []).allowedOrigins).toMatchObject({
      ownPage: 'of any host',
    });
  });

  it.each([
    'https://sso.example/token?for=meet',
    'http://127.0.0.1:8080/',
    'http://localhost:8080',
    '/token',
  ])('takes TOKEN_URL=%s', (tokenUrl) => {
    expect(readConfig({ TOKEN_URL: tokenUrl, ...authentication }, []).tokenUrl).toBe(tokenUrl);
  });

  it.each([
    'http://sso.example/token',
    '//sso.example/token',
    'sso.example/token',
    'https://user@sso.example/',
    'https://sso.example;script-src.example/',
    "https://'self'/",
    'javascript:alert(1)',
    '/to ken',
  ])('refuses TOKEN_URL=%s', (tokenUrl) => {
    const read = () => readConfig({ TOKEN_URL: tokenUrl, ...authentication }, []);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^TOKEN_URL must be an https address, or a path .*, but is "/);
  });

  it('takes a METRICS_TOKEN that can’t be guessed and fits a header, and no other', () => {
    expect(readConfig({ METRICS_TOKEN: '0123456789abcdef' }, []).metricsToken).toBe('0123456789abcdef');
    expect(readConfig({}, []).metricsToken).toBeUndefined();
    for (const METRICS_TOKEN of ['short', '0123456789 abcdef', '0123456789abcdé0']) {
      expect(() => readConfig({ METRICS_TOKEN }, [])).toThrow(/^METRICS_TOKEN must be 16 to 256 characters/);
    }
  });

  it('refuses TOKEN_URL where nobody asks for tokens', () => {
    expect(() => readConfig({ TOKEN_URL: '/token' }, [])).toThrow(
      /^TOKEN_URL is set, but authentication is off/,
    );
  });

  it('knows the loopback addresses', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '::1']) expect(isLoopback(host)).toBe(true);
  });

  it('refuses options it does not know', () => {
    expect(() => readConfig({}, ['--insecur'])).toThrow('--insecur is no option. There is only --insecure.');
  });
});
