import { onTestFinished } from 'vitest';
import type { ClientEvents, MeetingClient, MeetingClientOptions } from '../../src/client/index.ts';
import { createMeetingClient } from '../../src/client/index.ts';
import { FakeSockets, type WelcomeChanges } from './FakeSockets.ts';
import { ManualClock } from './ManualClock.ts';

/** A client of alice's whose server, clock and chance are the test. */
export type FakeMeeting = {
  readonly client: MeetingClient;
  readonly clock: ManualClock;
  readonly net: FakeSockets;
  /** What it told of, in the order in which it did. */
  readonly told: [name: keyof ClientEvents, payload: unknown][];
  /** What it told of one name. */
  of<Name extends keyof ClientEvents>(name: Name): ClientEvents[Name][];
  /** Lets time pass, and what waits for promises happen. */
  pass(ms: number): Promise<void>;
};

const names: readonly (keyof ClientEvents)[] = [
  ...(['stateChange', 'welcome', 'logGap', 'participantJoined', 'participantUpdated'] as const),
  ...(['participantLeft', 'chat', 'message', 'signal', 'meetingLocked', 'meetingUnlocked', 'error'] as const),
];

/** Lets everything happen that waits for promises alone. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client that has begun to connect. */
export async function startFakeMeeting(options: Partial<MeetingClientOptions> = {}): Promise<FakeMeeting> {
  const clock = new ManualClock();
  const net = new FakeSockets();
  const client = createMeetingClient({
    ...{ url: 'wss://meet.example/production', meetingId: 'standup', userId: 'alice', userName: 'Alice' },
    ...{ session: 'alice-tab', webSocket: net.webSocket, clock, random: () => 0.5 },
    ...options,
  });
  onTestFinished(() => client.close());
  const told: FakeMeeting['told'] = [];
  for (const name of names) client.on(name, (payload) => told.push([name, payload]));
  await settled();
  return {
    ...{ client, clock, net, told },
    of: <Name extends keyof ClientEvents>(name: Name) =>
      told.flatMap(([other, payload]) => (other === name ? [payload as ClientEvents[Name]] : [])),
    async pass(ms) {
      clock.advance(ms);
      await settled();
    },
  };
}

/** A client that was welcomed. */
export async function openFakeMeeting(
  changes: WelcomeChanges = {},
  options: Partial<MeetingClientOptions> = {},
): Promise<FakeMeeting> {
  const meeting = await startFakeMeeting(options);
  meeting.net.last.welcome(changes);
  await settled();
  return meeting;
}
