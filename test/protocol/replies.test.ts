import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/protocol/errors.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { aConnection } from '../harness/connections.ts';
import { startTestServer } from '../harness/server.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const roomy = { connectionsPerMeeting: 100, connectionsPerUser: 5 };

describe('replies', () => {
  it('[AK1] count the recipients by how the sends ended', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    expect(await alice.request({ ...hello, requestId: 'r' })).toEqual({
      type: 'ack',
      requestId: 'r',
      messageId: expect.any(String),
      sent: 0,
      failed: 0,
      stale: 0,
    });
    await server.connect('bob');
    const longAgoMs = Date.now() - 60_000;
    await server.meetings.connect(
      aConnection({ connectionId: 'gone-1', userId: 'g1', connectedAtMs: longAgoMs }),
      roomy,
    );
    await server.meetings.connect(
      aConnection({ connectionId: 'gone-2', userId: 'g2', connectedAtMs: longAgoMs }),
      roomy,
    );
    await server.meetings.connect(
      aConnection({ connectionId: 'new', userId: 'n', connectedAtMs: Date.now() }),
      roomy,
    );
    expect(await alice.request(hello)).toMatchObject({ sent: 1, failed: 1, stale: 2 });
  });

  it('[AK2] report failed sends, which cost nobody a message or a membership', async () => {
    const server = await startTestServer();
    await server.meetings.connect(
      aConnection({ connectionId: 'opening', userId: 'o', connectedAtMs: Date.now() }),
      roomy,
    );
    const alice = await server.connect('alice');
    const bob = await server.connect('bob');
    expect(await alice.request(hello)).toMatchObject({ sent: 1, failed: 1, stale: 0 });
    expect(await bob.next()).toMatchObject({ data: 'hello' });
    expect(await server.meetings.find('opening' as ConnectionId)).toBeDefined();
    expect(server.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'send failed', failed: 1 }),
    );
  });

  it('[AK3] say of errors what the table of codes says', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    expect(await alice.request({ ...hello, meetingId: 'elsewhere', requestId: 'r' })).toEqual({
      type: 'error',
      requestId: 'r',
      code: 'other_meeting',
      message: errorCodes.other_meeting.advice,
      status: 403,
      retryable: false,
    });
  });

  it('[AK3] stand in a table that the documents repeat to the letter', () => {
    const rows = Object.entries(errorCodes).map(
      ([code, { status, retryable, advice }]) =>
        `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${advice} |`,
    );
    expect(readFileSync('docs/PROTOCOL.md', 'utf8')).toContain(`|---|---|---|---|\n${rows.join('\n')}\n`);
  });

  it('[AK4] tell a connection that is no member any more', async () => {
    const server = await startTestServer();
    const { client: alice, connectionId } = await server.connectKnown('alice');
    const connection = await server.meetings.find(connectionId as ConnectionId);
    if (!connection) throw new Error('alice is not there');
    await server.meetings.leave(connection, 'left');
    expect(await alice.request(hello)).toMatchObject({ status: 403, code: 'not_in_meeting' });
  });
});
