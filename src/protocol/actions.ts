/** What a client can ask for: each action has a route of its own. */
export const actions = [
  'sendMessage',
  'join',
  'update',
  'history',
  'participants',
  'leave',
  'remove',
  'lock',
  'unlock',
  'ping',
] as const;
