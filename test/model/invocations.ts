import { createHistory } from '../../lambda/history/history.ts';
import { createJoin } from '../../lambda/join/join.ts';
import { createLeave } from '../../lambda/leave/leave.ts';
import { createLock } from '../../lambda/lock/lock.ts';
import { createOnConnect } from '../../lambda/onConnect/onConnect.ts';
import { createOnDisconnect } from '../../lambda/onDisconnect/onDisconnect.ts';
import { createParticipants } from '../../lambda/participants/participants.ts';
import { createRemove } from '../../lambda/remove/remove.ts';
import { createSendMessage } from '../../lambda/sendMessage/sendMessage.ts';
import type { Backend } from '../../lambda/shared/backend.ts';
import type { MessageEvent, ProxyResult } from '../../lambda/shared/events.ts';
import { createSweep } from '../../lambda/sweep/sweep.ts';
import { createUnlock } from '../../lambda/unlock/unlock.ts';
import { createUpdate } from '../../lambda/update/update.ts';
import type { Act, Socket } from './World.ts';

/** What API Gateway or the schedule has a function do. */
type Perform = (act: Act) => Promise<unknown>;

type Route = (backend: Backend) => (event: MessageEvent) => Promise<ProxyResult>;

/** Routes by the action that a client sends. */
const routes: Readonly<Record<string, Route>> = {
  join: createJoin,
  update: createUpdate,
  leave: createLeave,
  sendMessage: createSendMessage,
  history: createHistory,
  participants: createParticipants,
  remove: createRemove,
  lock: createLock,
  unlock: createUnlock,
};

/** `$connect`: the socket opens when it has ended well. */
export const connecting =
  (socket: Socket): Perform =>
  async ({ backend }) => {
    const { connection } = socket;
    const { client, meetingId, userId, userName } = connection;
    const { statusCode } = await createOnConnect(backend)({
      headers: client === 'v1' ? { 'Sec-WebSocket-Protocol': 'cloudmeetx.v1' } : {},
      queryStringParameters: { meetingId, userId, userName },
      requestContext: { ...contextOf(connection), eventType: 'CONNECT' },
    });
    socket.state = statusCode === 200 ? 'open' : 'closed';
  };

/** A message from a client. */
export const saying =
  (socket: Socket, action: string, fields: Readonly<Record<string, unknown>>): Perform =>
  async ({ world, backend }) => {
    const body = JSON.stringify({ action, ...fields });
    const requestContext = {
      ...contextOf(socket.connection),
      eventType: 'MESSAGE',
      routeKey: action,
    } as const;
    const reply = await routes[action]?.(backend)({ body, requestContext });
    const frame = JSON.parse(reply?.body ?? '{}');
    if (frame.type !== 'welcome') return;
    world.history.welcomes.push({ connection: socket.connection, since: Object(fields).since, frame });
    socket.since = { epoch: frame.log.epoch, seq: frame.log.seq };
  };

/** `$disconnect`. */
export const disconnecting =
  (socket: Socket): Perform =>
  ({ backend }) =>
    createOnDisconnect(backend)({
      requestContext: {
        ...contextOf(socket.connection),
        eventType: 'DISCONNECT',
        disconnectStatusCode: 1006,
      },
    });

/** What the schedule does. */
export const sweeping: Perform = ({ backend }) => createSweep(backend)();

const contextOf = ({ connectionId, connectedAtMs }: Socket['connection']) => ({
  connectionId,
  requestId: 'request',
  connectedAt: connectedAtMs,
});
