import { expect, it } from 'vitest';
import { startProcess } from '../harness/startProcess.ts';
import { TestClient } from '../harness/TestClient.ts';

const PEOPLE = 2000;
const AT_ONCE = 20;

type Welcome = {
  readonly participantCount: number;
  readonly participants: readonly { readonly userId: string }[];
  readonly log: { readonly seq: number };
};

it(`[JN4][JN6][LG2] a meeting of ${PEOPLE}, with the limit raised, knows everybody and hears everything`, async () => {
  const server = await startProcess({ MAX_CONNECTIONS_PER_MEETING: String(PEOPLE) });
  const clients: TestClient[] = [];
  const enter = async (n: number) => {
    const query = `meetingId=all-hands&userId=user-${String(n).padStart(4, '0')}`;
    const client = await TestClient.connect(`${server.url}?${query}`, { protocols: ['cloudmeetx.v1'] });
    clients.push(client);
    return (await client.replyTo({ action: 'join' })) as unknown as Welcome;
  };
  for (let n = 0; n < PEOPLE - 1; n += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, PEOPLE - 1 - n) }, (_, k) => enter(n + k)));
    // What was read is let go of: two million announcements are more than a test should keep.
    for (const client of clients) client.forget();
  }
  const welcome = await enter(PEOPLE - 1);
  const [last] = clients.slice(-1);
  expect(welcome).toMatchObject({ participantCount: PEOPLE, log: { seq: PEOPLE } });

  const seen = welcome.participants.map(({ userId }) => userId);
  while (last && seen.length < PEOPLE) {
    const page = await last.replyTo({ action: 'participants', after: seen.at(-1) });
    seen.push(...(page as unknown as Welcome).participants.map(({ userId }) => userId));
  }
  expect(seen).toEqual(Array.from({ length: PEOPLE }, (_, n) => `user-${String(n).padStart(4, '0')}`));

  const chat = {
    action: 'sendMessage',
    meetingId: 'all-hands',
    messageType: 'chat',
    data: 'hello everybody',
  };
  expect(await last?.replyTo(chat)).toMatchObject({ sent: PEOPLE - 1, failed: 0, stale: 0, seq: PEOPLE + 1 });
  for (const client of clients.slice(0, -1)) {
    while ((await client.next()).data !== chat.data);
  }
  const refused = await TestClient.refused(`${server.url}?meetingId=all-hands`);
  expect(refused.statusCode).toBe(403);
}, 180_000);
