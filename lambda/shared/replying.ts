import { encodeFrame, errorFrame, type ServerFrame } from '../../src/protocol/frames.ts';
import { requestIdOf } from '../../src/protocol/request.ts';
import type { Backend } from './backend.ts';
import { connectionIdOf, type MessageEvent, type ProxyResult } from './events.ts';
import { refusalOf } from './refusalOf.ts';

/**
 * Makes a message route of a function that returns its reply: every request gets exactly one, as the route response,
 * and an error thrown becomes one that the client can read.
 *
 * Our own faults are answered `internal_error` rather than thrown on, for the frame that API Gateway makes of a throw
 * names no request.
 */
export function replying(
  { log }: Pick<Backend, 'log'>,
  route: (event: MessageEvent) => Promise<ServerFrame>,
): (event: MessageEvent) => Promise<ProxyResult> {
  return async (event) => {
    try {
      return { statusCode: 200, body: encodeFrame(await route(event)) };
    } catch (error) {
      const { requestId, routeKey } = event.requestContext;
      const context = { requestId, connectionId: connectionIdOf(event), routeKey };
      const refusal = refusalOf(error, log, context);
      return { statusCode: refusal.status, body: encodeFrame(errorFrame(refusal, requestIdOf(event.body))) };
    }
  };
}
