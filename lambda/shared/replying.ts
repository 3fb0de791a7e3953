import { encodeFrame, errorFrame, type ServerFrame } from '../../src/protocol/frames.ts';
import type { ConnectionId, MeetingId } from '../../src/protocol/ids.ts';
import { requestIdOf } from '../../src/protocol/request.ts';
import type { Backend } from './backend.ts';
import { connectionIdOf, type MessageEvent, type ProxyResult } from './events.ts';
import { refusalOf } from './refusalOf.ts';

/** By what a request is found in the log. The meeting is added as soon as it is known. */
export type RequestContext = {
  readonly requestId: string;
  readonly connectionId: ConnectionId;
  readonly routeKey: string;
  meetingId?: MeetingId | undefined;
};

/**
 * Makes a message route of a function that returns its reply: every request gets exactly one, as the route response,
 * and an error thrown becomes one that the client can read.
 *
 * Our own faults are answered `internal_error` rather than thrown on, for the frame that API Gateway makes of a throw
 * names no request.
 */
export function replying(
  { log }: Pick<Backend, 'log'>,
  route: (event: MessageEvent, context: RequestContext) => Promise<ServerFrame>,
): (event: MessageEvent) => Promise<ProxyResult> {
  return async (event) => {
    const { requestId, routeKey } = event.requestContext;
    const context: RequestContext = { requestId, connectionId: connectionIdOf(event), routeKey };
    try {
      return { statusCode: 200, body: encodeFrame(await route(event, context)) };
    } catch (error) {
      const refusal = refusalOf(error, log, context);
      return { statusCode: refusal.status, body: encodeFrame(errorFrame(refusal, requestIdOf(event.body))) };
    }
  };
}
