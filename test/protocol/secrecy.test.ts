import { expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';

/** What no log may hold. */
const MARKER = 'between-us-7f3a91';

it('[RQ8] no log line at any level holds what is said, shown, or malformed', async () => {
  const server = await startTestServer({ LOG_LEVEL: 'debug' });
  const { client: alice } = await server.join('alice', { attributes: { note: MARKER } });
  await server.join('bob');
  await alice.replyTo({ action: 'update', attributes: { note: `${MARKER} again` } });
  const chat = { action: 'sendMessage', meetingId: 'standup', messageType: 'chat', data: MARKER };
  expect(await alice.replyTo(chat)).toMatchObject({ type: 'ack', seq: expect.any(Number) });
  const toBob = { action: 'sendMessage', targetUserId: 'bob', data: { sdp: MARKER } };
  expect(await alice.replyTo({ ...toBob, messageType: 'offer' })).toMatchObject({ type: 'ack' });
  await alice.replyTo({ ...toBob, targetUserId: 'nobody' });
  await alice.replyTo({ ...chat, data: MARKER, messageType: `not a type: ${MARKER}` });
  await alice.replyTo({ action: MARKER });
  await alice.requestText(`{"action":"sendMessage","data":"${MARKER}`);
  server.setStore('failing');
  expect(await alice.replyTo(chat)).toMatchObject({ type: 'error', code: 'internal_error' });
  server.setStore('working');
  await server.logLine({ event: 'error' });

  expect(server.logged.filter((line) => JSON.stringify(line).includes(MARKER))).toEqual([]);
  // It was talkative enough for that to mean something.
  expect(server.logged.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['joined', 'routed', 'error']),
  );
});
