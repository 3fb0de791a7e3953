import { expect, it } from 'vitest';
import { gatewayEnds, peerEnd, protocolEnd } from './closeReasons.ts';

it.for([
  [1000, ''],
  [1001, ''],
  [1006, ''],
  [4000, 'bye'],
] as const)('tells what the peer said: %i "%s"', ([code, reason]) => {
  expect(peerEnd(code, reason)).toEqual({ code, reason });
});

it('says of a close frame without a code that it had none', () => {
  expect(peerEnd(1005, '')).toEqual({ code: 1005, reason: 'Client-side close frame status not set' });
});

it.for([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', gatewayEnds.tooBig],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', { code: 1008, reason: '' }],
  ['WS_ERR_INVALID_UTF8', { code: 1007, reason: '' }],
  ['WS_ERR_EXPECTED_MASK', { code: 1002, reason: '' }],
  ['WS_ERR_INVALID_OPCODE', { code: 1002, reason: '' }],
  ['ECONNRESET', { code: 1006, reason: '' }],
  [undefined, { code: 1006, reason: '' }],
] as const)('takes the error %s for %j', ([code, end]) => {
  expect(protocolEnd(Object.assign(new Error('broken'), code && { code }))).toEqual(end);
});

it('uses codes that may be sent, and reasons that fit into a close frame', () => {
  for (const { code, reason } of Object.values(gatewayEnds)) {
    expect(code).toBeGreaterThanOrEqual(1000);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  }
});
