import { randomBytes } from 'node:crypto';
import type { Meetings } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';

const limits = { connectionsPerMeeting: 500, connectionsPerUser: 5 };

/** An event, and the status of the right answer. */
export type FirstEvent = { readonly event: unknown; readonly statusCode: number };

/**
 * The event that a function is first invoked with. Each comes from a connection of its own in a meeting of its own with
 * one other member, so that every invocation finds the same work.
 */
export async function firstEvent(functionName: string, meetings: Meetings): Promise<FirstEvent> {
  const meetingId = newId();
  const connectionId = newId();
  await join(meetings, { meetingId, connectionId: newId(), userId: 'bob' });
  if (functionName !== 'onConnect') await join(meetings, { meetingId, connectionId, userId: 'alice' });
  const about = (routeKey: string, eventType: string) => ({
    isBase64Encoded: false,
    requestContext: {
      ...{ routeKey, eventType, connectionId, requestId: newId(), extendedRequestId: newId() },
      ...{ connectedAt: Date.now(), requestTimeEpoch: Date.now(), messageDirection: 'IN' },
      ...{ stage: 'production', apiId: 'a1b2c3d4e5', domainName: 'localhost' },
    },
  });
  switch (functionName) {
    case 'onConnect': {
      const queryStringParameters = { meetingId, userId: 'alice' };
      return { event: { ...about('$connect', 'CONNECT'), queryStringParameters }, statusCode: 200 };
    }
    case 'onDisconnect':
      return { event: about('$disconnect', 'DISCONNECT'), statusCode: 200 };
    default: {
      const body = JSON.stringify({ action: functionName, meetingId, data: 'hello', userId: 'bob' });
      const statusCode = functionName === 'onDefault' ? 400 : 200;
      return { event: { ...about(functionName, 'MESSAGE'), body }, statusCode };
    }
  }
}

/** Of the shape that API Gateway's have. */
const newId = (): string => `${randomBytes(11).toString('base64url')}=`;

type Ids = { readonly meetingId: string; readonly connectionId: string; readonly userId: string };

async function join(meetings: Meetings, { meetingId, connectionId, userId }: Ids): Promise<void> {
  const connection = {
    meetingId: meetingId as MeetingId,
    connectionId: connectionId as ConnectionId,
    userId: userId as UserId,
    userName: userId,
    connectedAtMs: Date.now(),
    client: 'plain',
    // Who may remove and lock.
    role: 'host',
  } as const;
  await meetings.connect(connection, limits);
}
