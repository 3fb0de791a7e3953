import type { Config } from './config.ts';

/** Says in a sentence or two who may connect. */
export function reachOf({ authentication, reach }: Config): string {
  if (authentication?.keys.kind === 'secret') {
    return 'Authentication is on: tokens are signed with AUTH_SECRET. npm run -s cli -- token --user alice makes one.';
  }
  if (authentication) return `Authentication is on: tokens are those of ${authentication.issuer}.`;
  return reach === 'this machine'
    ? 'Authentication is off: only programs on this machine reach it, and they may join any meeting under any name.'
    : 'Authentication is off: WARNING: whoever reaches this address may join any meeting under any name.';
}

/**
 * Says what is missing for a camera, with a line break; nothing where nothing is. Browsers give it to secure contexts
 * only: https://w3c.github.io/webappsec-secure-contexts/
 */
export function cameraOf({ certificateFiles, trustedProxies, reach }: Config): string {
  if (reach === 'this machine' || certificateFiles || trustedProxies.kind !== 'none') return '';
  return 'Without HTTPS browsers on other machines give no camera: set TLS_CERT and TLS_KEY, or TRUST_PROXY behind a proxy.\n';
}

/** The URL to paste into a terminal, in the quotes that it needs there. */
export function wscatUrl(webSocketUrl: string, { authentication }: Config): string {
  if (!authentication) return `'${webSocketUrl}?meetingId=standup&userId=alice&userName=Alice'`;
  const token =
    authentication.keys.kind === 'secret' ? '$(npm run -s cli -- token --user alice --name Alice)' : 'TOKEN';
  return `"${webSocketUrl}?meetingId=standup&token=${token}"`;
}
