import { useEffect, useRef, useState } from 'react';
import { createMeetingClient, type MeetingClient, type MeetingClientOptions } from '../index.ts';

/** What makes a client another client; all else is read when one is made. */
type Identity = Pick<MeetingClientOptions, 'url' | 'meetingId' | 'userId' | 'token' | 'session'>;

/**
 * A client for as long as a component is mounted: made when it is, closed when it is unmounted. Other `url`, `meetingId`,
 * `userId`, `token` or `session`: another client, and the one before is closed. Whatever else is given is read when a
 * client is made, but for `getToken`, of which the latest is asked.
 *
 * Undefined until it is made, which is after the first rendering, and on a server always. Options that can't be right
 * throw what `createMeetingClient` throws, to the nearest error boundary.
 */
export function useMeetingClient(options: MeetingClientOptions): MeetingClient | undefined {
  const latest = useRef(options);
  const [made, setMade] = useState<{ readonly client: MeetingClient; readonly as: Identity }>();
  const { url, meetingId, userId, token, session } = options;
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const as = { url, meetingId, userId, token, session } as Identity;
    const { getToken } = latest.current;
    const client = createMeetingClient({
      ...latest.current,
      ...(getToken && { getToken: () => (latest.current.getToken ?? getToken)() }),
    });
    setMade({ client, as });
    return () => client.close();
  }, [url, meetingId, userId, token, session]);
  return made && isSame(made.as, options) ? made.client : undefined;
}

/** A client that is about to be closed, for another takes its place, is shown to nobody any more. */
function isSame(one: Identity, other: Identity): boolean {
  return (
    one.url === other.url &&
    one.meetingId === other.meetingId &&
    one.userId === other.userId &&
    one.token === other.token &&
    one.session === other.session
  );
}
