import { describe, expect, it } from 'vitest';
import type { ConnectionSender } from '../../src/meeting/ports.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import type { TestClient } from '../harness/TestClient.ts';

/** What a contract run needs: a sender, and clients that it can reach. */
export type SenderUnderTest = {
  readonly sender: ConnectionSender;
  readonly connect: () => Promise<{ readonly connectionId: string; readonly client: TestClient }>;
};

const nobody = 'AAAAAAAAAAIAAAA=' as ConnectionId;

/** Proves that an implementation keeps what the ConnectionSender port promises. */
export function connectionSenderContract(name: string, create: () => Promise<SenderUnderTest>): void {
  describe(`ConnectionSender contract: ${name}`, () => {
    const start = async () => {
      const { sender, connect } = await create();
      return {
        sender,
        connect: async () => {
          const { connectionId, client } = await connect();
          return { connectionId: connectionId as ConnectionId, client };
        },
      };
    };

    it('[CS1] sends one text to each and returns the outcomes in the order of the ids', async () => {
      const { sender, connect } = await start();
      const [alice, bob] = [await connect(), await connect()];
      const outcomes = await sender.send([alice.connectionId, nobody, bob.connectionId], '{"data":"hé"}');
      expect(outcomes).toEqual(['sent', 'gone', 'sent']);
      for (const { client } of [alice, bob]) expect(await client.nextText()).toBe('{"data":"hé"}');
    });

    it('[CS1] sends to nobody when there is nobody to send to', async () => {
      const { sender } = await start();
      expect(await sender.send([], 'unheard')).toEqual([]);
    });

    it('[CS2] fails what cannot be sent, and sends again what can', async () => {
      const { sender, connect } = await start();
      const alice = await connect();
      expect(await sender.send([alice.connectionId], 'x'.repeat(131_073))).toEqual(['failed']);
      expect(await sender.send([alice.connectionId], 'y')).toEqual(['sent']);
      expect(await alice.client.nextText()).toBe('y');
    });

    it('[CS2] loses nothing of what others get when one of them does not read', async () => {
      const { sender, connect } = await start();
      const [deaf, healthy] = [await connect(), await connect()];
      deaf.client.socket.pause();
      const payload = 'x'.repeat(100_000);
      let outcome: string | undefined = 'sent';
      // The operating system takes a few MB before anything waits at the sender's side.
      for (let sends = 0; outcome === 'sent' && sends < 200; sends++) {
        const outcomes = await sender.send([deaf.connectionId, healthy.connectionId], payload);
        outcome = outcomes[0];
        expect(outcomes[1]).toBe('sent');
        expect(await healthy.client.nextText()).toBe(payload);
      }
      expect(outcome).not.toBe('sent');
    });

    it('[CS3] closes after what was sent before, and then the connection is gone', async () => {
      const { sender, connect } = await start();
      const alice = await connect();
      await sender.send([alice.connectionId], 'last words');
      expect(await sender.disconnect(alice.connectionId)).toBe('sent');
      await alice.client.closed;
      expect(await alice.client.nextText()).toBe('last words');
      expect(await sender.disconnect(alice.connectionId)).toBe('gone');
      expect(await sender.send([alice.connectionId], 'unheard')).toEqual(['gone']);
    });

    it('[CS4] tells who is connected, and disturbs nobody by asking', async () => {
      const { sender, connect } = await start();
      const alice = await connect();
      expect(await sender.check(alice.connectionId)).toBe('open');
      expect(await sender.check(nobody)).toBe('gone');
      await sender.disconnect(alice.connectionId);
      await alice.client.closed;
      expect(await sender.check(alice.connectionId)).toBe('gone');
      expect(alice.client.unread).toEqual([]);
    });
  });
}
