import { describe, expect, it } from 'vitest';
import { FakeServer } from '../../test/harness/FakeServer.ts';
import type { FakeSocket } from '../../test/harness/FakeSockets.ts';
import { type FakeMeeting, settled, startFakeMeeting } from '../../test/harness/fakeMeeting.ts';
import { type Random, seededRandom, seedOfRun } from '../../test/harness/random.ts';

/** A client and its server in a storm of this seed, until the weather is fair again. */
async function ride(
  seed: number,
): Promise<{ meeting: FakeMeeting; server: FakeServer; acked: Map<string, number> }> {
  const random = seededRandom(seed);
  const server = new FakeServer(random);
  const meeting = await startFakeMeeting({ random: random.next, renewAfterMs: 2000 });
  const acked = new Map<string, number>();
  let said = 0;
  const steps: readonly (() => void)[] = [
    () => server.say(),
    () => server.stir(),
    () => server.stir(),
    () => {
      const data = `own ${said++}`;
      meeting.client.sendChat(data).then(
        ({ seq }) => acked.set(data, seq),
        () => acked.set(data, 0),
      );
    },
    () => openOrCut(server, meeting.net.all, random),
    () => meeting.clock.advance(random.below(1000)),
    ...Array.from({ length: 5 }, () => () => server.deliverOne()),
  ];
  const length = 50 + random.below(400);
  for (let times = 0; times < length; times++) {
    random.pick(steps)();
    if (random.below(2) === 0) await settled();
    for (const socket of meeting.net.all) server.readFrom(socket);
  }
  await calm(meeting, server);
  return { meeting, server, acked };
}

/** Nothing gets lost or ends any more; nor is anything renewed, which would heal what is wrong. */
async function calm({ client, net, pass }: FakeMeeting, server: FakeServer): Promise<void> {
  for (let rounds = 0; rounds < 200; rounds++) {
    if (client.state.status !== 'open') for (const socket of net.all.filter(isOpening)) socket.open();
    await settled();
    for (const socket of net.all) server.readFrom(socket);
    server.deliverAll();
    await pass(1000);
  }
}

const isOpening = (socket: FakeSocket) => socket.closed === 'no' && socket.sent.length === 0;

function openOrCut(server: FakeServer, sockets: readonly FakeSocket[], random: Random): void {
  const alive = sockets.filter(({ closed }) => closed === 'no').slice(-3);
  if (alive.length === 0) return;
  const socket = random.pick(alive);
  if (isOpening(socket)) socket.open();
  else if (random.below(4) === 0) server.cut(socket);
}

describe('a client in a storm', { timeout: 120_000 }, () => {
  it('[SD7][SD8][SD9][SD18][SD22] shows the log as it is, knows who is there, and has each chat in the log once', async () => {
    const first = seedOfRun();
    for (let seed = first; seed < first + Number(process.env.SEEDS ?? 20); seed++) {
      const { meeting, server, acked } = await ride(seed);
      const { client, of } = meeting;
      const [welcome] = of('welcome');
      const from = welcome?.log.seq ?? Number.POSITIVE_INFINITY;
      const chats = server.log.filter(({ type, seq }) => type === 'chat' && Number(seq) > from);
      const show = ({ seq, data }: { readonly seq?: unknown; readonly data?: unknown }) => `${seq} ${data}`;
      expect(of('chat').map(show), `seed ${seed}`).toEqual(chats.map(show));
      const own = server.log.filter(({ data }) => String(data).startsWith('own ')).map(show);
      expect(own, `seed ${seed}`).toEqual(
        [...acked].filter(([, seq]) => seq > 0).map(([data, seq]) => `${seq} ${data}`),
      );
      expect(client.state.status, `seed ${seed}`).toBe('open');
      const there = client.participants.filter(({ presence }) => presence === 'here');
      expect(there.map(({ userId }) => userId).toSorted(), `seed ${seed}`).toEqual(server.present);
      for (const { userId, rev } of there) {
        expect(rev, `seed ${seed}: ${userId}`).toBe(server.participant(userId)?.rev);
      }
      client.close();
    }
  });
});
