import type { AuthorizerContext } from './events.ts';
import { gatewayLimits } from './limits.ts';
import { evaluatePolicy, isRecord, MalformedError } from './policy.ts';

/** What an authorizer's result says of an upgrade request. */
export type AuthorizerDecision =
  | { readonly status: 'allowed'; readonly context: AuthorizerContext }
  | { readonly status: 'denied' }
  | { readonly status: 'malformed'; readonly reason: string };

/** Reads what a REQUEST authorizer returned: `principalId`, `policyDocument` and, if it likes, a flat `context`. */
export function readAuthorizerResult(result: unknown, methodArn: string): AuthorizerDecision {
  try {
    const { principalId, policyDocument, context } = parse(result);
    if (typeof principalId !== 'string' || principalId === '') {
      throw new MalformedError('principalId is not a text');
    }
    const contextAsText = parseContext(context);
    const access = { action: 'execute-api:Invoke', resource: methodArn };
    return evaluatePolicy(policyDocument, access) === 'allowed'
      ? { status: 'allowed', context: { ...contextAsText, principalId } }
      : { status: 'denied' };
  } catch (error) {
    if (error instanceof MalformedError) return { status: 'malformed', reason: error.message };
    throw error;
  }
}

/** What is left of a result when Lambda has handed it over as JSON. */
function parse(result: unknown): Readonly<Record<string, unknown>> {
  const json = toJson(result);
  if (Buffer.byteLength(json) > gatewayLimits.authorizerResultBytes) {
    throw new MalformedError('the result is larger than 8 KB');
  }
  const parsed: unknown = JSON.parse(json);
  if (!isRecord(parsed)) throw new MalformedError('the result is not an object');
  return parsed;
}

function toJson(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new MalformedError('the result cannot be written as JSON');
  }
}

/** Numbers and booleans reach events as text. */
function parseContext(context: unknown): Record<string, string> {
  if (context === undefined || context === null) return {};
  if (!isRecord(context)) throw new MalformedError('context is not an object');
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => {
      if (typeof value === 'object') {
        throw new MalformedError(`context.${name} is not a text, a number or a boolean`);
      }
      return [name, String(value)];
    }),
  );
}
