/** What is counted, by CloudWatch's habit of names. docs/metrics.md says what each means. */
export const counterNames = [
  'ConnectionsOpened',
  'ConnectionsClosed',
  'ConnectionsRefused',
  'TokensRefused',
  'ChatsLogged',
  'MessagesQueued',
  'MessagesSent',
  'MessagesFailed',
  'StaleConnections',
  'Throttles',
  'Errors',
] as const;

/** What is timed, in milliseconds. */
export const durationNames = ['FanOutTime'] as const;
