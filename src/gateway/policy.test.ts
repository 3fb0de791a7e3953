import { describe, expect, it } from 'vitest';
import { evaluatePolicy, MalformedError } from './policy.ts';

const resource = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/$connect';
const access = { action: 'execute-api:Invoke', resource };
const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource };
const deny = { ...allow, Effect: 'Deny' };

const evaluate = (...statements: unknown[]) =>
  evaluatePolicy({ Version: '2012-10-17', Statement: statements }, access);

describe('a policy', () => {
  it.for([
    resource,
    '*',
    'arn:aws:execute-api:*',
    'arn:aws:execute-api:*:*:a1b2c3d4e5/*',
    'arn:aws:execute-api:us-east-1:123456789012:*/production/*',
    'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/?connect',
    ['arn:aws:s3:::bucket', resource],
  ])('allows the resource by %j', (Resource) => {
    expect(evaluate({ ...allow, Resource })).toBe('allowed');
  });

  it.for([
    'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/*/*',
    'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/GET/*',
    'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/staging/$connect',
    resource.toUpperCase(),
    `${resource}s`,
    `x${resource}`,
    resource.replace('connect', 'connec?t'),
    resource.replace('/production/', '.production.'),
    '',
  ])('does not allow the resource by %s', (Resource) => {
    expect(evaluate({ ...allow, Resource })).toBe('denied');
  });

  it.for(['execute-api:Invoke', 'EXECUTE-API:invoke', 'execute-api:*', '*', 'execute-api:I?voke'])(
    'allows the action by %s',
    (Action) => {
      expect(evaluate({ ...allow, Action })).toBe('allowed');
    },
  );

  it.for([['execute-api:ManageConnections'], ['lambda:*'], [['s3:GetObject', 'execute-api:invokes']]])(
    'does not allow the action by %j',
    ([Action]) => {
      expect(evaluate({ ...allow, Action })).toBe('denied');
    },
  );

  it('denies what one statement denies, wherever it stands', () => {
    expect(evaluate(allow, deny)).toBe('denied');
    expect(evaluate(deny, allow)).toBe('denied');
    expect(evaluate(allow, { ...deny, Resource: 'arn:aws:s3:::bucket' })).toBe('allowed');
  });

  it('reads NotAction and NotResource', () => {
    const { Action, Resource, ...rest } = allow;
    expect(evaluate({ ...rest, NotAction: 's3:*', Resource })).toBe('allowed');
    expect(evaluate({ ...rest, NotAction: 'execute-api:*', Resource })).toBe('denied');
    expect(evaluate({ ...rest, Action, NotResource: '*/staging/*' })).toBe('allowed');
    expect(evaluate({ ...rest, Action, NotResource: ['*/staging/*', '*/production/*'] })).toBe('denied');
  });

  it('may be a single statement, of the older version or of none', () => {
    expect(evaluatePolicy({ Version: '2008-10-17', Statement: allow }, access)).toBe('allowed');
    expect(evaluatePolicy({ Statement: allow }, access)).toBe('allowed');
  });
});

it.for([
  ['no policy', undefined, 'policyDocument'],
  ['a text', '{}', 'policyDocument'],
  ['a list', [], 'policyDocument'],
  ['another version', { Version: '2026-11-23', Statement: allow }, 'Version'],
  ['no statement', { Statement: [] }, 'Statement'],
  ['nothing for a statement', {}, 'Statement'],
  ['a text for a statement', { Statement: ['Allow'] }, 'Statement'],
  ['effect in lower case', { Statement: { ...allow, Effect: 'allow' } }, 'Effect'],
  ['no action', { Statement: { Effect: 'Allow', Resource: '*' } }, 'Action'],
  ['action and not action', { Statement: { ...allow, NotAction: '*' } }, 'Action'],
  ['no resource', { Statement: { Effect: 'Allow', Action: '*' } }, 'Resource'],
  ['an empty list of resources', { Statement: { ...allow, Resource: [] } }, 'Resource'],
  ['a number for a resource', { Statement: { ...allow, Resource: [resource, 1] } }, 'Resource'],
  ['a condition', { Statement: { ...allow, Condition: {} } }, 'Condition'],
  ['a fault after a statement that allows', { Statement: [allow, {}] }, 'Effect'],
] as const)('a policy with %s is malformed', ([, policy, word]) => {
  expect(() => evaluatePolicy(policy, access)).toThrow(MalformedError);
  expect(() => evaluatePolicy(policy, access)).toThrow(word);
});
