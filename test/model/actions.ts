import type { Random } from '../harness/random.ts';
import { connecting, disconnecting, saying, sweeping } from './invocations.ts';
import { meetingId, type SentChat, type Socket, type World } from './World.ts';

const USERS = ['ann', 'bob', 'cy'];

/** What may happen, and how often; undefined where it can't just now. */
const choices: readonly (readonly [number, (world: World) => Promise<void> | void])[] = [
  [5, beginConnect],
  [6, beginJoin],
  [2, beginUpdate],
  [2, beginLeave],
  [0.4, beginRemove],
  [1, beginLock],
  [4, beginDisconnect],
  [6, beginChat],
  [1, beginDirect],
  [2, beginRead],
  [2, beginRoster],
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
  const request = {
    session: sometimes(random, 's-1'),
    attributes: sometimes(random, { hand: random.below(3) }),
    since: sinceOf(world),
    replaces: sometimes(random, random.pick(siblings).connection.connectionId),
  };
  world.start(`join ${named(socket)}`, saying(socket, 'join', request));
}

const sometimes = <Value>(random: Random, value: Value): Value | undefined =>
  random.next() < 0.5 ? value : undefined;

/** A line that some client has, one that nobody can have, or none. */
function sinceOf({ random, sockets }: World): Socket['since'] {
  const since = random.pick(sockets).since;
  if (!since || random.next() < 0.1) return sometimes(random, { epoch: 'another', seq: 0 });
  return { ...since, seq: random.pick([since.seq, since.seq, 0, since.seq + 3]) };
}

function beginUpdate(world: World): void {
  const socket = anyOpen(world);
  if (socket)
    world.start(
      `update ${named(socket)}`,
      saying(socket, 'update', { attributes: { hand: world.random.below(3) } }),
    );
}

function beginLeave(world: World): void {
  const socket = anyOpen(world);
  if (socket) world.start(`leave ${named(socket)}`, saying(socket, 'leave', {}));
}

/** Whoever asks: who is no host changes nothing. */
function beginRemove(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  const userId = world.random.pick(USERS);
  world.start(`remove of ${userId} by ${named(socket)}`, saying(socket, 'remove', { userId }));
}

function beginLock(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  const action = world.random.pick(['lock', 'unlock', 'unlock']);
  world.start(`${action} by ${named(socket)}`, saying(socket, action, {}));
}

/** `$disconnect` may be lost, and doubled. */
function beginDisconnect(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  socket.state = 'closed';
  for (let times = world.random.pick([0, 1, 1, 1, 2]); times > 0; times--) {
    world.start(`$disconnect ${named(socket)}`, disconnecting(socket));
  }
}

function beginChat(world: World): void {
  const socket = anyOpen(world);
  if (!socket) return;
  const { requestId, data } = chatOf(world, socket);
  const request = { meetingId, messageType: 'chat', data, requestId };
  world.start(`chat ${named(socket)} ${requestId ?? ''}`, saying(socket, 'sendMessage', request));
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
  const { userId: targetUserId, connectionId: targetConnectionId } = to.connection;
  const target = world.random.next() < 0.5 ? { targetUserId } : { targetConnectionId };
  const request = { ...target, messageType: 'signal', data: 1 };
  world.start(`send ${named(from)} to ${named(to)}`, saying(from, 'sendMessage', request));
}

function beginRead(world: World): void {
  const { random } = world;
  const socket = anyOpen(world);
  if (!socket) return;
  const seq = random.below(8);
  const range = random.pick([{ after: seq }, { before: seq + 2 }, {}]);
  const limit = random.pick([2, 5, 300]);
  world.start(`history ${named(socket)}`, saying(socket, 'history', { ...range, limit }));
}

function beginRoster(world: World): void {
  const socket = anyOpen(world);
  if (socket) world.start(`participants ${named(socket)}`, saying(socket, 'participants', {}));
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
