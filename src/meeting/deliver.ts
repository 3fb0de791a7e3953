import type { ConnectionId, MeetingId } from '../protocol/ids.ts';
import type { Announcement, ConnectionSender, DeliveryQueue, Meetings, Recipient } from './ports.ts';
import { queueFanOut, queueRetry } from './queueing.ts';

/**
 * How long after its upgrade a connection may still be unreachable. `$connect` makes it known before API Gateway
 * opens it, and until then a post answers Gone: https://repost.aws/knowledge-center/410-gone-api-gateway
 */
const OPENING_MS = 30_000;

/** What delivering needs from outside. */
export type DeliverPorts = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly deliveryQueue: DeliveryQueue;
  /** A payload for more recipients than this is left to the queue. */
  readonly queueAbove: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** How the sends of one payload ended. */
export type SendReport = {
  readonly outcome: 'sent';
  readonly sent: number;
  /** Not delivered, and still members. */
  readonly failed: readonly Recipient[];
  /** Found gone; no longer members. */
  readonly stale: readonly Recipient[];
  /** What went wrong in ending the membership of those that are gone, and in telling the others of it. */
  readonly errors: readonly unknown[];
};

/** What became of a payload: its sends have ended, or the queue has it for so many. */
export type DeliveryReport =
  | SendReport
  | { readonly outcome: 'queued'; readonly queued: number; readonly errors: readonly unknown[] };

/**
 * Brings one payload to every recipient. Never rejects for a recipient's sake, since the others have been sent to.
 *
 * A large fan-out is left to the queue, whose workers do it side by side. Of what is sent here, a payload with a `seq`
 * that could not be sent is left to the queue as well: the log promises it to everyone. Whatever else could not be sent is
 * only counted, for its sender is told and may already be sending it again.
 */
export function deliver(
  recipients: readonly Recipient[],
  payload: Announcement,
  ports: DeliverPorts,
): Promise<DeliveryReport> {
  const isLarge = recipients.length > ports.queueAbove;
  return isLarge ? deliverLater(recipients, payload, ports) : deliverNow(recipients, payload, ports);
}

async function deliverLater(
  recipients: readonly Recipient[],
  payload: Announcement,
  ports: DeliverPorts,
): Promise<DeliveryReport> {
  try {
    await queueFanOut(recipients, payload, ports);
    return { outcome: 'queued', queued: recipients.length, errors: [] };
  } catch (error) {
    // Slower, and for some perhaps once more, but there.
    return withError(await deliverNow(recipients, payload, ports), error);
  }
}

async function deliverNow(
  recipients: readonly Recipient[],
  payload: Announcement,
  ports: DeliverPorts,
): Promise<SendReport> {
  const report = await sendToEach(recipients, payload.text, ports);
  if (report.failed.length === 0 || payload.seq === undefined) return report;
  try {
    await queueRetry({ recipients: report.failed, payload }, ports);
    return report;
  } catch (error) {
    return withError(report, error);
  }
}

const withError = (report: SendReport, error: unknown): SendReport => ({
  ...report,
  errors: [error, ...report.errors],
});

/**
 * Sends a text to every recipient, and ends the membership of those that turn out to be gone: of the recipient, never
 * of the sender. Never rejects.
 */
export async function sendToEach(
  recipients: readonly Recipient[],
  text: string,
  ports: DeliverPorts,
): Promise<SendReport> {
  const outcomes = await ports.connections.send(
    recipients.map(({ connectionId }) => connectionId),
    text,
  );
  const stale: Recipient[] = [];
  const failed: Recipient[] = [];
  recipients.forEach((recipient, index) => {
    if (outcomes[index] === 'sent') return;
    const isStale = outcomes[index] === 'gone' && !mayBeOpening(recipient, ports);
    (isStale ? stale : failed).push(recipient);
  });
  const sent = recipients.length - failed.length - stale.length;
  const errors = stale.length === 0 ? [] : await removeGone(stale, ports);
  return { outcome: 'sent', sent, failed, stale, errors };
}

/** To whom an announcement goes, and to which connection it need not. */
export type AnnounceOptions = { readonly meetingId: MeetingId; readonly except?: ConnectionId };

/** Tells the members of a meeting what has happened. Never rejects; returns what went wrong. */
export async function announce(
  announcements: readonly (Announcement | undefined)[],
  { meetingId, except }: AnnounceOptions,
  ports: DeliverPorts,
): Promise<readonly unknown[]> {
  const payloads = announcements.filter((announcement) => announcement !== undefined);
  if (payloads.length === 0) return [];
  try {
    // Read after what is announced was written, so that whoever joined before that is among them.
    const members = await ports.meetings.recipients({ kind: 'meeting', meetingId });
    const recipients = members.filter(({ connectionId }) => connectionId !== except);
    const reports = await Promise.all(payloads.map((payload) => deliver(recipients, payload, ports)));
    return reports.flatMap(({ errors }) => errors);
  } catch (error) {
    return [error];
  }
}

/** A connection that has joined was open to do so. */
function mayBeOpening({ joinedAtMs, connectedAtMs }: Recipient, { now }: DeliverPorts): boolean {
  return joinedAtMs === undefined && now() - connectedAtMs <= OPENING_MS;
}

/** Of any number of deliveries that find a connection gone, the one that removes it tells the others. */
async function removeGone(stale: readonly Recipient[], ports: DeliverPorts): Promise<readonly unknown[]> {
  const [first] = stale;
  if (!first) return [];
  const removals = await Promise.allSettled(
    stale.map((connection) => ports.meetings.leave(connection, 'connection-lost')),
  );
  const announcements = removals.flatMap((removal) =>
    removal.status === 'fulfilled' && removal.value.outcome !== 'already-gone'
      ? [removal.value.announcement]
      : [],
  );
  const failures = removals.flatMap((removal) => (removal.status === 'rejected' ? [removal.reason] : []));
  return [...failures, ...(await announce(announcements, { meetingId: first.meetingId }, ports))];
}
