import { type Config, isLoopback } from './config.ts';

/** Says in a sentence or two who may connect. */
export function reachOf({ authentication, host }: Config): string {
  if (authentication?.keys.kind === 'secret') {
    return 'Authentication is on: tokens are signed with AUTH_SECRET. npm run -s cli -- token --user alice makes one.';
  }
  if (authentication) return `Authentication is on: tokens are those of ${authentication.issuer}.`;
  return isLoopback(host)
    ? 'Authentication is off: only programs on this machine reach it, and they may join any meeting under any name.'
    : 'Authentication is off: WARNING: whoever reaches this address may join any meeting under any name.';
}

/** The URL to paste into a terminal, in the quotes that it needs there. */
export function wscatUrl(webSocketUrl: string, { authentication }: Config): string {
  if (!authentication) return `'${webSocketUrl}?meetingId=standup&userId=alice&userName=Alice'`;
  const token =
    authentication.keys.kind === 'secret' ? '$(npm run -s cli -- token --user alice --name Alice)' : 'TOKEN';
  return `"${webSocketUrl}?meetingId=standup&token=${token}"`;
}
