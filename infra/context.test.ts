import { App } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { readFunctionConfig } from '../lambda/shared/environment.ts';
import { readIceConfig } from '../lambda/shared/iceConfig.ts';
import { readContext } from './context.ts';
import { createStack } from './createStack.ts';
import { limits, withDefaults } from './settings.ts';

const read = (given: Readonly<Record<string, unknown>>) => readContext((name) => given[name]);

const issuer = (address: string, jwksUri: string | undefined) => ({
  kind: 'issuer',
  issuer: address,
  audience: ['meetings'],
  jwksUri,
});

describe('context values', () => {
  it('are the defaults where none is given', () => {
    expect(read({})).toEqual(withDefaults());
  });

  it('are taken as texts and as numbers', () => {
    const given = { logRetentionDays: 90, throttlingRate: '5', logLevel: 'debug', namePrefix: 'Staging' };
    expect(read(given)).toEqual({
      ...withDefaults({ namePrefix: 'Staging' }),
      logLevel: 'debug',
      logRetention: RetentionDays.THREE_MONTHS,
      throttling: { ratePerSecond: 5, burst: withDefaults().throttling.burst },
    });
  });

  it.each([
    [{ logLevel: 'loud' }, 'logLevel must be one of debug, info, warn, error, but is "loud".'],
    [{ removalPolicy: 'keep' }, 'removalPolicy must be one of retain, destroy, but is "keep".'],
    [{ throttlingRate: '0' }, 'throttlingRate must be a whole number from 1 to 999999999, but is "0".'],
    [
      { maxConnectionsPerUser: '21' },
      'maxConnectionsPerUser must be a whole number from 1 to 20, but is "21".',
    ],
    [{ logRetentionDays: '31' }, /^logRetentionDays must be one of 1, 3, 5, 7, .*, but is "31"\.$/],
    [{ connectionsTable: 'a b' }, 'connectionsTable must be 3 to 255 of A-Z a-z 0-9 _ . -, but is "a b".'],
    [
      { domainName: 'meet.example.com' },
      /^certificateArn must be the ARN of an ACM certificate .*, but is ""\.$/,
    ],
    [
      { certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a' },
      /^domainName must be a domain name .*, but is ""\.$/,
    ],
  ] as const)('that are wrong are named: %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it.each([
    [{}, { kind: 'cognito' }],
    [{ auth: 'cognito' }, { kind: 'cognito' }],
    [{ auth: 'none' }, { kind: 'none' }],
    [
      { userPoolId: 'eu-central-1_AbCdEfGhI', userPoolClientId: '1a2b3c,4d5e6f' },
      { kind: 'existing-user-pool', userPoolId: 'eu-central-1_AbCdEfGhI', clientIds: ['1a2b3c', '4d5e6f'] },
    ],
    [
      { authIssuer: 'https://login.example.com/', authAudience: 'meetings', auth: 'issuer' },
      issuer('https://login.example.com/', undefined),
    ],
    [
      { authIssuer: 'https://a.example', authAudience: 'meetings', authJwksUri: 'https://a.example/keys' },
      issuer('https://a.example', 'https://a.example/keys'),
    ],
  ])('say whose tokens are taken: %j', (given, authentication) => {
    expect(read(given)).toEqual({ ...withDefaults(), authentication });
  });

  it('name claims that are called otherwise', () => {
    expect(read({ authRoleClaim: 'https://example.com/role' }).claims).toEqual({
      authRoleClaim: 'https://example.com/role',
    });
  });

  it.each([
    [{ auth: 'off' }, 'auth must be one of cognito, issuer, none, but is "off".'],
    [{ auth: 'none', userPoolId: 'a' }, 'userPoolId is given, but auth is "none": leave out one of them.'],
    [
      { authIssuer: 'https://a.example', authAudience: 'm', userPoolClientId: 'a' },
      'userPoolClientId is given, but auth is "issuer": leave out one of them.',
    ],
    [
      { auth: 'cognito', authAudience: 'm' },
      'authAudience is given, but auth is "cognito": leave out one of them.',
    ],
    [{ authAudience: 'm' }, 'authAudience is given, but auth is "cognito": leave out one of them.'],
    [{ auth: 'issuer' }, /^authIssuer must be the iss claim of the tokens, .*, but is ""\.$/],
    [{ authIssuer: 'http://a.example', authAudience: 'm' }, /^authIssuer must be .*"http:/],
    [{ authIssuer: 'https://a.example' }, /^authAudience must be what the tokens are for, .*, but is ""\.$/],
    [
      { authIssuer: 'https://a.example', authAudience: 'm', authJwksUri: 'keys' },
      /^authJwksUri must be .*"keys"/,
    ],
    [{ userPoolId: 'eu-central-1_A' }, /^userPoolClientId must be ids of app clients .*, but is ""\.$/],
    [{ userPoolId: 'pool', userPoolClientId: 'a' }, /^userPoolId must be the id of a user pool, .*"pool"/],
    [{ userPoolClientId: 'a' }, /^userPoolId must be the id of a user pool, .*, but is ""\.$/],
    [{ authSecret: 'x' }, /^authSecret can't be given: it would be readable/],
    [{ authRoleClaim: '' }, 'authRoleClaim must be the name of a claim, such as custom:role, but is "".'],
    [
      { allowedOrigins: 'https://a.example/' },
      /^allowedOrigins must be \* or origins such as .*"https:\/\/a.example\/"/,
    ],
    [{ allowedOrigins: 'https://a.example:443' }, /^allowedOrigins must be .*:443"/],
    [{ allowedOrigins: '' }, /^allowedOrigins must be \* or origins such as .*, but is ""\.$/],
  ])('of authentication that are wrong are named: %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it.each(limits)('for $name are those that the functions take', ({ name, variable, min, max }) => {
    for (const value of [min, max]) {
      expect(read({ [name]: String(value) }).limits).toEqual({ [name]: value });
      expect(() => readFunctionConfig({ [variable]: String(value) })).not.toThrow();
    }
    for (const value of [min - 1, max + 1]) {
      expect(() => read({ [name]: String(value) })).toThrow(name);
      expect(() => readFunctionConfig({ [variable]: String(value) })).toThrow(variable);
    }
  });

  const turnSecretName = 'CloudMeetX-turn';

  it('tell of STUN and TURN servers, as the functions take them', () => {
    const stunUrls = 'stun:a.example, stuns:[2001:db8::1]:5349';
    const turnUrls = 'turn:a.example:3478,turns:b.example:5349?transport=tcp';
    const [stun, turn] = [stunUrls, turnUrls].map((urls) => urls.split(/, ?/));
    expect(read({ stunUrls, turnUrls, turnSecretName }).iceServers).toEqual({
      stunUrls: stun,
      turn: { urls: turn, secretName: turnSecretName },
    });
    expect(readIceConfig({ STUN_URLS: stunUrls, TURN_URLS: turnUrls, TURN_SECRET: 'a' })).toEqual({
      stunUrls: stun,
      turn: { urls: turn, secret: 'a' },
    });
  });

  it.each([
    [
      { stunUrls: 'turn:a.example' },
      /^stunUrls must be addresses such as stun:.*, but is "turn:a.example"\.$/,
    ],
    [{ stunUrls: '' }, /^stunUrls must be addresses/],
    [
      { turnUrls: 'turn:a.example?transport=sctp', turnSecretName },
      /^turnUrls must be addresses such as turn:/,
    ],
    [{ turnUrls: 'turn:a.example' }, /^turnSecretName must be the name or ARN .*, but is ""\.$/],
    [{ turnUrls: 'turn:a.example', turnSecretName: 'a b' }, /^turnSecretName must be .*"a b"/],
    [{ turnSecretName }, /^turnUrls must be .*, as turnSecretName is given, but is ""\.$/],
    [{ turnSecret: 'x' }, /^turnSecret can't be given: it would be readable/],
  ])('of STUN and TURN servers that are wrong are named: %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  const alarmTopicArn = 'arn:aws:sns:eu-central-1:111122223333:pager';

  it.each([
    [{}, { kind: 'own-topic', email: undefined }],
    [
      { alarms: 'on', alarmEmail: 'ops@example.com' },
      { kind: 'own-topic', email: 'ops@example.com' },
    ],
    [{ alarmTopicArn }, { kind: 'existing-topic', topicArn: alarmTopicArn }],
    [{ alarms: 'off' }, { kind: 'off' }],
  ])('say where alarms go: %j', (given, alarms) => {
    expect(read(given)).toEqual({ ...withDefaults(), alarms });
  });

  it.each([
    [{ dashboard: 'yes' }, 'dashboard must be one of on, off, but is "yes".'],
    [{ alarms: 'some' }, 'alarms must be one of on, off, but is "some".'],
    [{ alarms: 'off', alarmTopicArn }, 'alarmTopicArn is given, but alarms is "off": leave out one of them.'],
    [{ alarmEmail: 'ops@example.com', alarmTopicArn }, /^alarmTopicArn and alarmEmail are given: leave out/],
    [{ alarmEmail: 'ops' }, 'alarmEmail must be one e-mail address, but is "ops".'],
    [{ alarmTopicArn: 'pager' }, /^alarmTopicArn must be the ARN of a standard topic .*"pager"/],
  ] as const)('of alarms that are wrong are named: %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it('name a second deployment beside the first', () => {
    const { tableNames } = read({ namePrefix: 'Staging', meetingsTable: 'rooms' });
    expect(tableNames).toEqual({ connections: 'StagingConnections', meetings: 'rooms' });
    const context = { namePrefix: 'Staging' };
    expect(createStack(new App({ context })).stackName).toBe('StagingStack');
  });
});
