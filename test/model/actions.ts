import { connect } from '../../src/meeting/connect.ts';
import { announce, deliver } from '../../src/meeting/deliver.ts';
import { findRecipients } from '../../src/meeting/findRecipients.ts';
import { join } from '../../src/meeting/join.ts';
import { leave } from '../../src/meeting/leave.ts';
import type { EntryRange, LeaveReason } from '../../src/meeting/ports.ts';
import { record } from '../../src/meeting/record.ts';
import { relay } from '../../src/meeting/relay.ts';
import { sweep } from '../../src/meeting/sweep.ts';
import { isMember } from '../../src/meeting/user.ts';
import { welcome } from '../../src/meeting/welcome.ts';
import type { JoinRequest } from '../../src/protocol/join.ts';
import type { SendMessage } from '../../src/protocol/sendMessage.ts';
import type { Random } from '../harness/random.ts';
import { type Act, meetingId, type SentChat, type Socket, type World } from './World.ts';

type Perform = (act: Act) => Promise<unknown>;

/** What a client sends, and the route that is to serve it; as the handlers of `lambda/` do. */
export const connecting =
  (socket: Socket): Perform =>
  async ({ ports }) => {
    try {
      await connect(socket.connection, ports);
      if (socket.state === 'opening') socket.state = 'open';
    } catch (error) {
      socket.state = 'closed';
      throw error;
    }
  };

export const joiningWith =
  (socket: Socket, request: JoinRequest): Perform =>
  async ({ world, ports }) => {
    const connection = await ports.meetings.find(socket.connection.connectionId);
    if (!connection) return;
    const joined = await join(connection, request, ports);
    const frame = await welcome(joined.connection, request, { ...ports, limits: {} });
    world.history.welcomes.push({ connection: joined.connection, since: request.since, frame });
    socket.since = { epoch: frame.log.epoch, seq: frame.log.seq };
  };

export const updating =
  (socket: Socket, attributes: Readonly<Record<string, unknown>>): Perform =>
  async ({ ports }) => {
    const { connectionId } = socket.connection;
    const connection = await ports.meetings.find(connectionId);
    if (!connection || !isMember(connection)) return;
    const result = await ports.meetings.update(connection, attributes);
    if (result.outcome === 'not-joined') return;
    await announce([result.announcement], { meetingId, except: connectionId }, ports);
  };

export const leaving =
  (socket: Socket, reason: LeaveReason): Perform =>
  async ({ ports }) => {
    const connection = await ports.meetings.find(socket.connection.connectionId);
    if (connection) await leave(connection, reason, ports);
  };

export const sending =
  (socket: Socket, request: SendMessage): Perform =>
  async ({ world, ports }) => {
    const { meetings } = ports;
    const sender = await meetings.find(socket.connection.connectionId);
    if (!sender || !isMember(sender)) return;
    const timestamp = new Date(world.now()).toISOString();
    const relayed = relay(sender, request, { messageId: world.newId('message'), timestamp });
    const message = await record(sender, relayed, { requestId: request.requestId, meetings });
    const recipients = await findRecipients(meetings, sender, relayed.audience);
    await deliver(recipients, message, ports);
  };

export const reading =
  (range: EntryRange): Perform =>
  async ({ ports }) => {
    await ports.meetings.entries(range);
    await ports.meetings.head(meetingId);
  };

export const sweeping: Perform = ({ ports }) => sweep(ports);

const USERS = ['ann', 'bob', 'cy'];

/** What may happen, and how often; undefined where it can't just now. */
const choices: readonly (readonly [number, (world: World) => Promise<void> | void])[] = [
  [5, beginConnect],
  [6, beginJoin],
  [2, beginUpdate],
  [2, beginLeave],
  [4, beginDisconnect],
  [6, beginChat],
  [1, beginDirect],
  [2, beginRead],
  [2, (world) => world.start('roster', ({ ports }) => ports.meetings.roster(meetingId))],
  [1, (world) => world.start('sweep', sweeping)],
  [1, letTimePass],
  [1, crashNow],
];

/** Lets one more thing happen. */
export async function happen(world: World): Promise<void> {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  let rest = world.random.next() * total;
  const chosen = choices.find(([weight]) => {
    rest -= weight;
    return rest < 0;
  });
  await chosen?.[1](world);
}

function beginConnect(world: World): void {
  const socket = world.opening(world.random.pick(USERS), world.random.pick(['plain', 'v1']));
  world.start(`connect ${named(socket)} ${socket.connection.client}`, connecting(socket));
}

function beginJoin(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  const { random, sockets } = world;
  const siblings = sockets.filter(({ connection }) => connection.userId === socket.connection.userId);
  const request: JoinRequest = {
    requestId: undefined,
    session: sometimes(random, 's-1'),
    attributes: sometimes(random, { hand: random.below(3) }),
    since: sinceOf(world),
    replaces: sometimes(random, random.pick(siblings).connection.connectionId),
  };
  world.start(`join ${named(socket)}`, joiningWith(socket, request));
}

const sometimes = <Value>(random: Random, value: Value): Value | undefined =>
  random.next() < 0.5 ? value : undefined;

/** A line that some client has, one that nobody can have, or none. */
function sinceOf({ random, sockets }: World): JoinRequest['since'] {
  const since = random.pick(sockets).since;
  if (!since || random.next() < 0.1) return sometimes(random, { epoch: 'another', seq: 0 });
  return { ...since, seq: random.pick([since.seq, since.seq, 0, since.seq + 3]) };
}

function beginUpdate(world: World): void {
  const socket = anyOpen(world);
  if (socket) world.start(`update ${named(socket)}`, updating(socket, { hand: world.random.below(3) }));
}

function beginLeave(world: World): void {
  const socket = anyOpen(world);
  if (socket) world.start(`leave ${named(socket)}`, leaving(socket, 'left'));
}

/** `$disconnect` may be lost, and doubled. */
function beginDisconnect(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  socket.state = 'closed';
  for (let times = world.random.pick([0, 1, 1, 1, 2]); times > 0; times--) {
    world.start(`$disconnect ${named(socket)}`, leaving(socket, 'connection-lost'));
  }
}

function beginChat(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  const { requestId, data } = chatOf(world, socket);
  const target = { kind: 'meeting', meetingId } as const;
  const request = { target, messageType: 'chat', data, requestId, clientSeq: undefined };
  world.start(`chat ${named(socket)} ${requestId ?? ''}`, sending(socket, request));
}

/** A new chat, an earlier one of the same user again, or something else under its name. */
function chatOf(
  world: World,
  socket: Socket,
): { readonly requestId: string | undefined; readonly data: string } {
  const { random, chats } = world;
  const { userId } = socket.connection;
  const own = chats.filter((chat) => chat.userId === userId);
  const data = world.newId('said');
  if (own.length > 0 && random.next() < 0.4) {
    const again: SentChat = random.pick(own);
    return random.next() < 0.2 ? { ...again, data } : again;
  }
  if (random.next() < 0.2) return { requestId: undefined, data };
  const chat = { userId, requestId: world.newId('request'), data };
  chats.push(chat);
  return chat;
}

function beginDirect(world: World): void {
  const [from, to] = [anyOpen(world), anyOpen(world)];
  if (!from || !to) return;
  const { userId, connectionId } = to.connection;
  const target = world.random.pick([
    { kind: 'user', userId },
    { kind: 'connection', connectionId },
  ] as const);
  const request = { target, messageType: 'signal', data: 1, requestId: undefined, clientSeq: undefined };
  world.start(`send ${named(from)} to ${named(to)}`, sending(from, request));
}

function beginRead(world: World): void {
  const { random } = world;
  const limit = random.pick([2, 5, 300]);
  const seq = random.below(8);
  const range = random.pick([
    { meetingId, limit, after: seq },
    { meetingId, limit, before: seq + 2 },
    { meetingId, limit, before: Number.MAX_SAFE_INTEGER },
  ]);
  world.start('history', reading(range));
}

/** Nothing that runs lasts as long as this, or it would have been ended. */
async function letTimePass(world: World): Promise<void> {
  await world.scheduler.settle();
  const ms = world.random.pick([1000, 31_000, 11 * 60_000]);
  world.pass(ms);
  world.history.note(`${ms} ms pass`);
}

function crashNow(world: World): void {
  if (world.troubled && world.store.crash) world.crash();
}

/** Mostly one that is open; sometimes one that isn't, whose last message comes late. */
function anyOpen({ random, sockets }: World): Socket | undefined {
  const candidates = sockets.filter(
    ({ state }) => state === 'open' || (state === 'closed' && random.next() < 0.05),
  );
  return candidates.length > 0 ? random.pick(candidates) : undefined;
}

const named = ({ connection }: Socket): string => connection.connectionId;
