import { randomBytes } from 'node:crypto';
import { encodeDelivery } from '../../src/aws/deliveryMessages.ts';
import type { Meetings } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';

const limits = { connectionsPerMeeting: 500, connectionsPerUser: 5 };

/** An event, and whether an answer to it is the right one. */
export type FirstEvent = { readonly event: unknown; readonly isAnswer: (result: unknown) => boolean };

/** An answer with this status. */
export const withStatus =
  (expected: number): FirstEvent['isAnswer'] =>
  (result) =>
    (result as { readonly statusCode?: number } | undefined)?.statusCode === expected;

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
      return { event: { ...about('$connect', 'CONNECT'), queryStringParameters }, isAnswer: withStatus(200) };
    }
    case 'onDisconnect':
      return { event: about('$disconnect', 'DISCONNECT'), isAnswer: withStatus(200) };
    case 'sweep':
      return { event: {}, isAnswer: () => true };
    case 'deliver':
      return { event: queueEvent(meetingId), isAnswer: isAllDone };
    default: {
      const fields = fieldsOf(functionName, meetingId);
      if (ofJoined.includes(functionName)) await showItself(meetings, connectionId);
      const body = JSON.stringify({ action: functionName, ...fields });
      const event = { ...about(functionName, 'MESSAGE'), body };
      return { event, isAnswer: withStatus(functionName === 'onDefault' ? 400 : 200) };
    }
  }
}

/** What only who has joined may ask for. */
const ofJoined = ['update', 'lock', 'unlock', 'remove', 'participants', 'history'];

function fieldsOf(functionName: string, meetingId: string): Readonly<Record<string, unknown>> {
  switch (functionName) {
    case 'update':
      return { attributes: { microphone: 'off' } };
    case 'remove':
      return { userId: 'bob' };
    case 'sendMessage':
      return { meetingId, data: 'hello' };
    case 'join':
      return { session: newId() };
    case 'history':
      return { after: 0 };
    default:
      return {};
  }
}

async function showItself(meetings: Meetings, connectionId: string): Promise<void> {
  const connection = await meetings.find(connectionId as ConnectionId);
  if (!connection) throw new Error('the connection is not known');
  await meetings.join(connection, { session: undefined, attributes: {}, replaces: undefined, limits });
}

/** One message of the queue, with a hundred recipients as a large fan-out has them. */
function queueEvent(meetingId: string): unknown {
  const recipients = Array.from({ length: 100 }, (_, n) => ({
    ...{ connectionId: newId() as ConnectionId, meetingId: meetingId as MeetingId },
    ...{ userId: `user-${n}` as UserId, connectedAtMs: Date.now() },
  }));
  const payload = { seq: undefined, text: JSON.stringify({ type: 'message', data: 'hello' }) };
  const body = encodeDelivery({ recipients, payload, sinceMs: Date.now(), delays: 0 });
  return { Records: [{ messageId: newId(), body, eventSource: 'aws:sqs' }] };
}

const isAllDone = (result: unknown): boolean =>
  (result as { readonly batchItemFailures?: readonly unknown[] } | undefined)?.batchItemFailures?.length ===
  0;

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
