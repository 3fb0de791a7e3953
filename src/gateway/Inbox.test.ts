import { describe, expect, it } from 'vitest';
import { type Deferred, deferred } from '../../test/harness/gateway.ts';
import { Inbox } from './Inbox.ts';

/** An inbox for two at once, whose handlers end when the test says so. */
function openInbox() {
  const handlers: { readonly body: string; readonly done: Deferred<void> }[] = [];
  const flow: string[] = [];
  const owner = {
    handle(body: string) {
      const done = deferred();
      handlers.push({ body, done });
      return done.promise;
    },
    pause: () => flow.push('pause'),
    resume: () => flow.push('resume'),
  };
  const inbox = new Inbox(owner, 2);
  const finish = async (index: number) => {
    handlers[index]?.done.resolve();
    await new Promise(setImmediate);
  };
  return { inbox, flow, finish, started: () => handlers.map(({ body }) => body) };
}

describe('Inbox', () => {
  it('[GO3] handles so many at once and the others in their order', async () => {
    const { inbox, flow, finish, started } = openInbox();
    for (const body of ['a', 'b', 'c', 'd']) inbox.receive(body);
    expect(started()).toEqual(['a', 'b']);
    expect(flow.at(-1)).toBe('pause');
    await finish(1);
    expect(started()).toEqual(['a', 'b', 'c']);
    expect(flow.at(-1)).toBe('pause');
    await finish(0);
    expect(started()).toEqual(['a', 'b', 'c', 'd']);
    expect(flow.at(-1)).toBe('resume');
  });

  it('[GL2] tells when the last that is to be handled has been, and drops what comes after it', async () => {
    const { inbox, finish, started } = openInbox();
    let drained = 0;
    inbox.receive('a');
    inbox.end(2, () => drained++);
    inbox.receive('b');
    inbox.receive('c');
    expect(started()).toEqual(['a', 'b']);
    await finish(0);
    expect(drained).toBe(0);
    await finish(1);
    expect(drained).toBe(1);
    expect(started()).toEqual(['a', 'b']);
  });

  it('tells at once when there is nothing to wait for', () => {
    const { inbox } = openInbox();
    let drained = 0;
    inbox.end(inbox.received, () => drained++);
    expect(drained).toBe(1);
  });

  it('handles nothing more once it is abandoned', async () => {
    const { inbox, finish, started } = openInbox();
    for (const body of ['a', 'b', 'c']) inbox.receive(body);
    inbox.abandon();
    inbox.receive('d');
    await finish(0);
    expect(started()).toEqual(['a', 'b']);
  });
});
