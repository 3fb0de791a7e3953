import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { expectFlowing } from '../../browser/flowing.ts';
import { openMesh } from '../../browser/openMesh.ts';
import { RestartableServer } from '../../browser/RestartableServer.ts';
import { startTurnServer, turnSource } from '../../browser/turnServer.ts';
import { readCalls } from '../../browser/watchPeerConnections.ts';

const SECRET = 'what both servers know';

describe('through coturn, with iceTransportPolicy "relay"', () => {
  const browser = useBrowser();
  beforeEach(({ skip }) => {
    if (turnSource.kind === 'none') skip(turnSource.reason);
  });

  /** Two in a meeting of a server that makes credentials with this secret, while coturn knows the right one. */
  async function meet(secret: string): Promise<readonly Page[]> {
    const { authority } = await startTurnServer(SECRET);
    const server = await RestartableServer.start({
      STUN_URLS: `stun:${authority}`,
      TURN_URLS: `turn:${authority}?transport=udp,turn:${authority}?transport=tcp`,
      TURN_SECRET: secret,
    });
    const join = async (userId: string) => {
      const where = { url: server.webSocketUrl, meetingId: 'standup', userId };
      return (await openMesh(browser(), { ...where, iceTransportPolicy: 'relay' })).page;
    };
    return [await join('alice'), await join('bob')];
  }

  it('video flows with the credentials that the server issues', async () => {
    const pages = await meet(SECRET);
    await expectFlowing(pages);
    for (const page of pages) {
      expect(await readCalls(page)).toMatchObject([{ localCandidate: 'relay', candidates: ['relay'] }]);
      expect(await page.evaluate(() => window.mesh.peers.stats())).toMatchObject([{ route: 'relayed' }]);
    }
  });

  it('nothing flows with credentials that were made with another secret', async () => {
    for (const page of await meet('what one of them knows')) {
      const outcome = async () =>
        (await readCalls(page)).map(({ errorCodes, gathering }) => ({ errorCodes, gathering }));
      const refused = [{ errorCodes: expect.arrayContaining([401]), gathering: 'complete' }];
      await expect.poll(outcome, { timeout: 90_000 }).toEqual(refused);
      expect(await readCalls(page)).toMatchObject([{ framesDecoded: 0, candidates: [] }]);
    }
  });
});
