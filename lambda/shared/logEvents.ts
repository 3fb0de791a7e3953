import type { LogLevel } from './log.ts';

/** Whatever concerns a connection is found by these. The requestId is API Gateway's, as in its access log. */
const request = ['requestId', 'connectionId', 'meetingId'] as const;

/** What the queue's worker sends is no request any more: it is known by its line of the log, and how often it was put off. */
const later = ['seq', 'delays'] as const;
const delivery = ['meetingId', ...later] as const;

/** What whoever runs the gateway on one machine is told of an invocation. */
const invocation = ['requestId', 'connectionId', 'routeKey'] as const;

type Listed = Readonly<
  Record<string, { readonly levels: readonly LogLevel[]; readonly fields: readonly string[] }>
>;

/**
 * Every line that the code can log: its event, its levels, and the fields it may have beside `time`, `level` and
 * `event`. The compiler holds each call of the log to it, docs/logs.md repeats it, and saved queries read by it.
 */
export const logEvents = {
  connected: { levels: ['info'], fields: [...request, 'userId', 'role', 'client', 'evicted'] },
  disconnected: { levels: ['info'], fields: [...request, 'reason', 'outcome'] },
  joined: { levels: ['info'], fields: [...request, 'userId', 'outcome', 'evicted', 'participantCount'] },
  left: { levels: ['info'], fields: [...request, 'reason', 'outcome'] },
  removed: { levels: ['info'], fields: [...request, 'userId', 'connections', 'by'] },
  locked: { levels: ['info'], fields: [...request, 'outcome'] },
  unlocked: { levels: ['info'], fields: [...request, 'outcome'] },
  routed: { levels: ['debug'], fields: [...request, 'sent'] },
  queued: { levels: ['debug'], fields: [...request, 'queued'] },
  delivered: { levels: ['debug'], fields: [...delivery, 'sent', 'next'] },
  'given up': { levels: ['warn'], fields: [...delivery, 'closed', 'dropped'] },
  'send failed': { levels: ['warn'], fields: [...request, ...later, 'failed'] },
  'stale removed': { levels: ['info'], fields: [...request, ...later, 'staleConnectionId'] },
  refused: { levels: ['debug', 'info'], fields: [...request, 'routeKey', 'code', 'reason'] },
  flooding: { levels: ['warn'], fields: ['requestId', 'connectionId'] },
  error: { levels: ['error'], fields: [...request, ...later, 'routeKey', 'error'] },
  swept: { levels: ['info'], fields: ['checked', 'removed', 'failed'] },
  'post failed': { levels: ['warn'], fields: ['error'] },
  'check failed': { levels: ['warn'], fields: ['error'] },
  'integration failed': { levels: ['warn'], fields: [...invocation, 'error'] },
  'integration timed out': { levels: ['warn'], fields: invocation },
  'authorizer failed': { levels: ['warn'], fields: [...invocation, 'error'] },
  'authorizer timed out': { levels: ['warn'], fields: invocation },
  'malformed result': { levels: ['warn'], fields: invocation },
  'malformed authorizer result': { levels: ['warn'], fields: [...invocation, 'reason'] },
  'promises left pending': { levels: ['warn'], fields: [...invocation, 'count'] },
  'promises left pending by authorizer': { levels: ['warn'], fields: [...invocation, 'count'] },
  'certificate read again': { levels: ['info'], fields: [] },
  'certificate kept': { levels: ['error'], fields: ['error'] },
  'no operator file': { levels: ['warn'], fields: ['error'] },
  stopping: { levels: ['info'], fields: ['signal'] },
  stopped: { levels: ['info'], fields: [] },
} as const satisfies Listed;

/** What can be logged. */
export type LogEvent = keyof typeof logEvents;

/** What can be logged at a level. */
export type LogEventAt<Level extends LogLevel> = {
  [Event in LogEvent]: Level extends (typeof logEvents)[Event]['levels'][number] ? Event : never;
}[LogEvent];

/** Facts about an event: ids and counts, never what a message says. An Error is logged with its stack. */
export type LogFieldsOf<Event extends LogEvent> = {
  readonly [Field in (typeof logEvents)[Event]['fields'][number]]?: unknown;
};
