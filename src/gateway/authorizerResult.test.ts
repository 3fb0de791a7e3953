import { expect, it } from 'vitest';
import { readAuthorizerResult } from './authorizerResult.ts';

const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/$connect';
const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn };
const allowing = { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement } };
const read = (result: unknown) => readAuthorizerResult(result, methodArn);

it('makes text of the context, with the principal', () => {
  expect(read({ ...allowing, context: { name: 'Zoë', n: 123, half: 0.5, yes: true, empty: '' } })).toEqual({
    status: 'allowed',
    context: { name: 'Zoë', n: '123', half: '0.5', yes: 'true', empty: '', principalId: 'alice' },
  });
});

it.for([[undefined], [null], [{}]])('needs no context: %j', ([context]) => {
  expect(read({ ...allowing, context })).toEqual({ status: 'allowed', context: { principalId: 'alice' } });
});

it('lets no context pretend to be the principal', () => {
  expect(read({ ...allowing, context: { principalId: 'mallory' } })).toMatchObject({
    context: { principalId: 'alice' },
  });
});

it('reads what is left when the result has become JSON', () => {
  const context = { undefined, at: new Date(0) };
  expect(read({ ...allowing, context })).toEqual({
    status: 'allowed',
    context: { at: '1970-01-01T00:00:00.000Z', principalId: 'alice' },
  });
});

it('denies by the policy', () => {
  expect(read({ ...allowing, policyDocument: { Statement: { ...Statement, Effect: 'Deny' } } })).toEqual({
    status: 'denied',
  });
});

const circular: Record<string, unknown> = {};
circular.self = circular;

it.for([
  ['nothing', undefined, 'the result'],
  ['true', true, 'the result'],
  ['a proxy result', { statusCode: 401 }, 'principalId'],
  ['the answer of an HTTP API', { isAuthorized: true }, 'principalId'],
  ['a number for the principal', { ...allowing, principalId: 7 }, 'principalId'],
  ['an empty principal', { ...allowing, principalId: '' }, 'principalId'],
  ['no policy', { principalId: 'alice' }, 'policyDocument'],
  ['a list for the context', { ...allowing, context: ['a'] }, 'context'],
  ['a text for the context', { ...allowing, context: 'a' }, 'context'],
  ['an object in the context', { ...allowing, context: { a: {} } }, 'context.a'],
  ['a list in the context', { ...allowing, context: { a: ['b'] } }, 'context.a'],
  ['null in the context', { ...allowing, context: { a: null } }, 'context.a'],
  ['what JSON cannot say', circular, 'JSON'],
] as const)('finds %s malformed', ([, result, word]) => {
  expect(read(result)).toMatchObject({ status: 'malformed', reason: expect.stringContaining(word) });
});

it('takes 8 KB and no more', () => {
  const sized = (bytes: number) => {
    const result = { ...allowing, context: { padding: '' } };
    const padding = 'x'.repeat(bytes - JSON.stringify(result).length);
    return { ...allowing, context: { padding } };
  };
  expect(read(sized(8192))).toMatchObject({ status: 'allowed' });
  expect(read(sized(8193))).toMatchObject({ status: 'malformed', reason: expect.stringContaining('8 KB') });
});
