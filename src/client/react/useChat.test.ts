import { describe, expect, it } from 'vitest';
import { chatLine, type FakeSocket, participant, userEvent } from '../../../test/harness/FakeSockets.ts';
import { type FakeMeeting, openFakeMeeting, startFakeMeeting } from '../../../test/harness/fakeMeeting.ts';
import { type RenderedHook, renderHook } from '../../../test/harness/reactPage.ts';
import type { MeetingClient } from '../index.ts';
import { type Chat, useChat } from './index.ts';

type Page = RenderedHook<MeetingClient, Chat>;

const use = (client: MeetingClient) => useChat(client, { limit: 3 });
const shown = ({ value }: Page) => value.entries.map(({ seq }) => seq);
const joinLine = (seq: number) =>
  userEvent('user-joined', `user-${seq}`, { seq, participant: participant(`user-${seq}`) });

/** The server answers what was asked last of its log with these lines. */
function answer(socket: FakeSocket, entries: readonly object[], more: 'more' | 'all'): void {
  socket.reply('history', { type: 'history', epoch: 'first', seq: 99, entries, more: more === 'more' });
}

/** A page on a client that was welcomed when the log stood at 20, and has asked for the last lines. */
async function reading(): Promise<{ meeting: FakeMeeting; page: Page }> {
  const meeting = await openFakeMeeting({ seq: 20 });
  return { meeting, page: await renderHook(use, meeting.client) };
}

describe('useChat', () => {
  it('[RH7] shows the last lines and what comes, in the order of the log, each once', async () => {
    const { meeting, page } = await reading();
    const { net, client } = meeting;
    expect(page.value).toMatchObject({ entries: [], history: 'reading' });
    expect(net.last.last('history')).toMatchObject({ limit: 3 });
    expect(net.last.last('history')).not.toHaveProperty('before');
    // It overtakes the answer, which has it as well.
    await page.happen(() => net.last.receive(chatLine(21)));
    expect(shown(page)).toEqual([21]);
    await page.happen(() => answer(net.last, [chatLine(19, 'alice'), joinLine(20), chatLine(21)], 'more'));
    expect(shown(page)).toEqual([19, 21]);
    expect(page.value.history).toBe('more');
    await page.happen(() => net.last.receive(chatLine(23)));
    await page.happen(() => net.last.receive(chatLine(22)));
    expect(shown(page)).toEqual([19, 21, 22, 23]);

    await page.happen(() => {
      void client.sendChat('hello');
    });
    await page.happen(() => net.last.reply('sendMessage', { type: 'ack', seq: 24, messageId: 'm24' }));
    expect(page.value.entries.map(({ own }) => own)).toEqual([true, false, false, false, true]);
  });

  it('[RH7] keeps what it shows and renders nothing while nothing is said', async () => {
    const { meeting, page } = await reading();
    await page.happen(() => answer(meeting.net.last, [chatLine(20)], 'all'));
    const { value, values } = page;
    const renderings = values.length;
    await page.happen(() => meeting.net.last.receive(joinLine(21)));
    expect(values).toHaveLength(renderings);
    await page.rerender(meeting.client);
    expect(page.value).toBe(value);
  });

  it('[RH8] reads what was said before, over lines that are no chats, until there is no more', async () => {
    const { meeting, page } = await reading();
    const { net } = meeting;
    await page.happen(() => answer(net.last, [joinLine(18), joinLine(19), joinLine(20)], 'more'));
    expect(page.value.history).toBe('reading');
    expect(net.last.last('history')).toMatchObject({ before: 18, limit: 3 });
    await page.happen(() => answer(net.last, [chatLine(15), chatLine(16), chatLine(17)], 'more'));
    const { earlier } = page.value;
    const before = net.last.count('history');
    await page.happen(() => {
      void earlier();
      void earlier();
    });
    expect(net.last.count('history')).toBe(before + 1);
    expect(page.value.history).toBe('reading');
    expect(net.last.last('history')).toMatchObject({ before: 15 });
    await page.happen(() => answer(net.last, [joinLine(1), chatLine(2)], 'all'));
    expect(shown(page)).toEqual([2, 15, 16, 17]);
    expect(page.value).toMatchObject({ history: 'complete', earlier });
    await page.happen(earlier);
    expect(net.last.count('history')).toBe(before + 1);
  });

  it('[RH9] begins anew with a log that did, whatever was being read', async () => {
    const { meeting, page } = await reading();
    const { net, clock } = meeting;
    await page.happen(() => answer(net.last, [chatLine(18), chatLine(19), chatLine(20)], 'all'));
    await page.happen(() => {
      net.last.end();
      clock.advance(1000);
    });
    await page.happen(() => net.last.welcome({ seq: 1, log: { epoch: 'second' } }));
    expect(page.value).toMatchObject({ entries: [], history: 'reading' });
    await page.happen(() => net.last.receive(chatLine(2, 'carol')));
    await page.happen(() =>
      net.last.reply('history', { type: 'history', epoch: 'second', seq: 2, entries: [chatLine(1)] }),
    );
    expect(shown(page)).toEqual([1, 2]);
    expect(page.value.history).toBe('complete');
  });

  it('[RH9] drops what it asked before, when lines in between have expired', async () => {
    const { meeting, page } = await reading();
    const { net, clock } = meeting;
    await page.happen(() => answer(net.last, [chatLine(18), chatLine(19), chatLine(20)], 'more'));
    let asked: Promise<void> | undefined;
    await page.happen(() => {
      asked = page.value.earlier();
      net.last.end();
      clock.advance(1000);
    });
    await page.happen(() => net.last.welcome({ seq: 90, log: { recovered: false } }));
    expect(shown(page)).toEqual([]);
    // What was asked before is asked again on the new connection, and answered first.
    const [old, anew] = net.last.sent.filter(({ action }) => action === 'history');
    const reply = (to: object | undefined, entries: readonly object[]) =>
      net.last.receive({ type: 'history', epoch: 'first', seq: 90, entries, more: true, ...to });
    await page.happen(() => reply({ requestId: old?.requestId }, [chatLine(16), chatLine(17)]));
    await asked;
    expect(page.value).toMatchObject({ entries: [], history: 'reading' });
    await page.happen(() => reply({ requestId: anew?.requestId }, [chatLine(89), chatLine(90)]));
    expect(shown(page)).toEqual([89, 90]);
  });

  it('[RH10] says when reading failed, and tries again when asked, or welcomed', async () => {
    const meeting = await startFakeMeeting();
    const { net, clock } = meeting;
    const page = await renderHook(use, meeting.client);
    for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 5000) await page.happen(() => clock.advance(5000));
    expect(page.value).toMatchObject({ entries: [], history: 'failed' });
    await page.happen(() => net.last.welcome({ seq: 20 }));
    expect(page.value.history).toBe('reading');
    const refusal = { type: 'error', status: 400, code: 'invalid_request', message: 'no', retryable: false };
    await page.happen(() => net.last.reply('history', refusal));
    expect(page.value.history).toBe('failed');
    await page.happen(() => {
      void page.value.earlier();
    });
    await page.happen(() => answer(net.last, [chatLine(20)], 'all'));
    expect(shown(page)).toEqual([20]);
    expect(page.value.history).toBe('complete');
  });

  it('[RH7] shows the same after being mounted twice, as React does in development', async () => {
    const { client, net } = await openFakeMeeting({ seq: 20 });
    const page = await renderHook(use, client, 'strict');
    await page.happen(() => answer(net.last, [chatLine(19), chatLine(20)], 'all'));
    await page.happen(() => net.last.receive(chatLine(21)));
    expect(shown(page)).toEqual([19, 20, 21]);
    expect(page.value.history).toBe('complete');
  });
});
