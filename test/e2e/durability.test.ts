import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Welcome } from '../harness/server.ts';
import { startProcess } from '../harness/startProcess.ts';
import { TestClient } from '../harness/TestClient.ts';

const chat = { action: 'sendMessage', meetingId: 'standup', messageType: 'chat' };

function aDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function enter(url: string, userId: string, joining = {}) {
  const client = await TestClient.connect(`${url}?meetingId=standup&userId=${userId}`, {
    protocols: ['cloudmeetx.v1'],
  });
  return { client, welcome: (await client.request({ action: 'join', ...joining })) as Welcome };
}

describe('the log on one machine', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('[LG8] outlives %s, and says who left by it', async (signal) => {
    const DATA_DIR = aDataDir();
    const first = await startProcess({ DATA_DIR });
    const { client: alice, welcome } = await enter(first.url, 'alice');
    const ack = await alice.request({ ...chat, data: 'remember me', requestId: 'once' });
    expect(ack).toMatchObject({ type: 'ack', seq: 2 });
    await first.stop(signal);

    const second = await startProcess({ DATA_DIR });
    const { epoch, seq } = welcome.log;
    const back = await enter(second.url, 'alice', { since: { epoch, seq } });
    const reason = signal === 'SIGKILL' ? 'connection-lost' : 'expired';
    expect(back.welcome).toMatchObject({
      participantCount: 1,
      log: {
        epoch,
        seq: 4,
        recovered: true,
        entries: [
          { seq: 2, data: 'remember me' },
          { seq: 3, data: { eventType: 'user-left', userId: 'alice', reason } },
          { seq: 4, data: { eventType: 'user-joined', userId: 'alice' } },
        ],
      },
    });
    const again = await back.client.request({ ...chat, data: 'remember me', requestId: 'once' });
    expect(again).toMatchObject({ seq: 2, messageId: ack.messageId });
  });

  it('[LG3] refuses chats while the disk takes no more, goes on with the rest, and has what it acked', async () => {
    const DATA_DIR = aDataDir();
    const full = await startProcess({ DATA_DIR }, [], { fileBlocks: 600 });
    const { client: alice } = await enter(full.url, 'alice');
    const replies = [];
    for (let n = 0; n < 20; n++) replies.push(await alice.request({ ...chat, data: 'x'.repeat(20_000) }));
    const acked = replies.filter(({ type }) => type === 'ack').map(({ seq }) => seq);
    expect(acked.length).toBeGreaterThan(0);
    expect(replies.at(-1)).toMatchObject({ code: 'internal_error', retryable: true });
    expect(await alice.request({ ...chat, messageType: 'signal', data: 1 })).toMatchObject({ type: 'ack' });
    await full.stop('SIGKILL');

    const roomy = await startProcess({ DATA_DIR });
    const { client: bob } = await enter(roomy.url, 'bob');
    const logged = [];
    for (let after = 0, more: unknown = true; more; ) {
      const page = await bob.request({ action: 'history', after });
      const entries = page.entries as { type: string; seq: number }[];
      logged.push(...entries);
      after = entries.at(-1)?.seq ?? after;
      more = page.more;
    }
    expect(logged.filter(({ type }) => type === 'chat').map(({ seq }) => seq)).toEqual(acked);
    expect(logged.map(({ seq }) => seq)).toEqual(Array.from(logged, (_, index) => index + 1));
  });

  it('is kept by one server at a time', async () => {
    const DATA_DIR = aDataDir();
    await startProcess({ DATA_DIR });
    const second = await startProcess({ DATA_DIR });
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.stderr()).toContain(
      `CloudMeetX did not start. DATA_DIR "${DATA_DIR}" is in use by another server. Stop that one, or set DATA_DIR`,
    );
  });

  it('needs a folder that can be written to', async () => {
    const server = await startProcess({ DATA_DIR: '/dev/null/here' });
    expect(await server.ended).toMatchObject({ code: 1 });
    expect(server.stderr()).toMatch(
      /CloudMeetX did not start\. DATA_DIR "\/dev\/null\/here" can't be used: .* Set it to a folder/,
    );
    expect(server.stderr()).not.toContain('    at ');
  });
});
