import type { OutgoingHttpHeaders } from 'node:http';

/** On whatever is served: nobody may frame it or take it for something else, and where a link led from stays here. */
const always: OutgoingHttpHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** On a text: nothing may be loaded or run. */
export const textHeaders: OutgoingHttpHeaders = {
  ...always,
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/**
 * On the page: it has what it came with, speaks to this server and to where its tokens come from, and has camera,
 * microphone and screen for itself. 'self' stands for WebSockets of the same host as well.
 */
export function pageHeaders(tokenUrl: string | undefined): OutgoingHttpHeaders {
  const tokenOrigin = tokenUrl && URL.canParse(tokenUrl) ? ` ${new URL(tokenUrl).origin}` : '';
  const policy = [
    "default-src 'self'",
    `connect-src 'self'${tokenOrigin}`,
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ];
  return {
    ...always,
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
  };
}
