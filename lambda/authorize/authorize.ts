import type { Verifier } from '../../src/auth/createVerifier.ts';
import type { Telemetry } from '../../src/meeting/ports.ts';
import type { Identity } from '../../src/protocol/identity.ts';
import { type AuthorizeEvent, connectionIdOf } from '../shared/events.ts';
import type { Log, LogFields } from '../shared/log.ts';
import { readToken } from './readToken.ts';

/** What API Gateway takes for a yes: a policy, and a flat context, which it hands on to `$connect`. */
export type AuthorizerResult = {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly {
      readonly Action: 'execute-api:Invoke';
      readonly Effect: 'Allow';
      readonly Resource: string;
    }[];
  };
  readonly context: Readonly<Record<string, string>>;
};

/** What authorizing needs from outside. */
export type AuthorizePorts = {
  readonly verifier: Verifier;
  readonly log: Log;
  readonly telemetry: Telemetry;
};

/**
 * Says who connects, by the token that is presented. Throws exactly `Unauthorized` for whatever is wrong with it, which
 * API Gateway makes a 401 of, and another error where we can't tell, which becomes a 500. Why is in the log alone.
 */
export const createAuthorize =
  ({ verifier, log, telemetry }: AuthorizePorts) =>
  async (event: AuthorizeEvent): Promise<AuthorizerResult> => {
    const { requestId } = event.requestContext;
    const context = { requestId, connectionId: connectionIdOf(event), routeKey: '$connect' };
    const presented = readToken(event);
    const verdict =
      presented.outcome === 'refused'
        ? presented
        : await verified(presented.token, { verifier, log }, context);
    if (verdict.outcome !== 'refused') return admit(verdict.identity, event.methodArn);
    telemetry.count('TokensRefused', 1);
    log.info('refused', { ...context, reason: verdict.reason });
    throw new Error('Unauthorized');
  };

async function verified(
  token: string,
  { verifier, log }: Pick<AuthorizePorts, 'verifier' | 'log'>,
  context: LogFields,
) {
  try {
    return await verifier.verify(token);
  } catch (error) {
    log.error('error', { ...context, error });
    // What is thrown on is logged by others, too: it tells nothing, and least of all that nobody is authorised.
    throw new Error('the token could not be verified');
  }
}

function admit({ userId, userName, role, meetingId }: Identity, methodArn: string): AuthorizerResult {
  return {
    principalId: userId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
    context: { userId, userName, role, ...(meetingId !== undefined && { meetingId }) },
  };
}
