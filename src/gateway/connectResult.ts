import type { InvocationOutcome } from './Invoker.ts';
import { gatewayRefusal, type Refusal } from './upgrade.ts';

/** What `$connect` made of an upgrade request; `malformed` is refused, too, by the handler's fault. */
export type Admission =
  | { readonly status: 'admitted'; readonly subprotocol: string | undefined }
  | { readonly status: 'refused' | 'malformed'; readonly refusal: Refusal };

/** What an integration of `$connect` must return, as far as API Gateway reads it. */
type ConnectResult = {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/**
 * Reads the outcome of `$connect`. Any 2xx admits; any other status is passed on to the client; a throw or a result
 * without a status is 502, no result in time 504 (assumed, as in REST APIs).
 */
export function readConnectResult(outcome: InvocationOutcome): Admission {
  switch (outcome.status) {
    case 'failed':
      return refused(gatewayRefusal(502, 'Internal server error', 'InternalServerErrorException'));
    case 'timed-out':
      return refused(gatewayRefusal(504, 'Endpoint request timed out', 'InternalServerErrorException'));
    case 'returned':
      return isConnectResult(outcome.result) ? readReturned(outcome.result) : malformed;
  }
}

const malformed: Admission = {
  status: 'malformed',
  refusal: gatewayRefusal(502, 'Internal server error', 'InternalServerErrorException'),
};

function readReturned({ statusCode, headers, body }: ConnectResult): Admission {
  if (statusCode >= 200 && statusCode < 300)
    return { status: 'admitted', subprotocol: subprotocolOf(headers) };
  return refused({
    statusCode,
    body: typeof body === 'string' ? body : JSON.stringify({ message: 'Forbidden' }),
  });
}

/** The one header of `$connect`'s result that is known to reach the client. */
function subprotocolOf(headers: ConnectResult['headers']): string | undefined {
  const entry = Object.entries(headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'sec-websocket-protocol',
  );
  return typeof entry?.[1] === 'string' ? entry[1] : undefined;
}

function isConnectResult(result: unknown): result is ConnectResult {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) return false;
  const { statusCode } = result;
  return Number.isInteger(statusCode) && Number(statusCode) >= 200 && Number(statusCode) <= 599;
}

function refused(refusal: Refusal): Admission {
  return { status: 'refused', refusal };
}
