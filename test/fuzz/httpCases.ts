import type { Random } from '../harness/random.ts';
import { between, plainText } from './chance.ts';
import type { MakeUpgradeCase } from './upgradeCase.ts';

/** HTTP that asks for no upgrade. */
export const plainHttp: MakeUpgradeCase = (random, { path }) => {
  const method = random.pick(['GET', 'POST', 'PUT', 'DELETE']);
  const headers = random.pick([
    { Connection: 'close', Upgrade: undefined },
    { Connection: 'keep-alive', Upgrade: 'websocket' },
    { Connection: undefined, Upgrade: 'websocket' },
  ]);
  const below = { statusCode: 403, request: { method, target: `${path}/@connections/x`, headers } };
  const stage = { statusCode: 426, request: { method, target: `${path}?meetingId=x`, headers } };
  return random.pick([stage, stage, below]);
};

/** Bytes that are no HTTP: Node's own parser answers. */
export const malformedHttp: MakeUpgradeCase = (random, { path, host }) => {
  const first = `GET ${path}?meetingId=x HTTP/1.1`;
  const rest = `Host: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const bytes = random.pick([
    noise(random),
    `FOO ${path} HTTP/1.1\r\n${rest}`,
    `get ${path} HTTP/1.1\r\n${rest}`,
    `GET ${path} HTTP/9.9\r\n${rest}`,
    `GET ${path} WS/1.1\r\n${rest}`,
    `${first} x\r\n${rest}`,
    `${first}\r\nno colon\r\n${rest}`,
    `${first}\r\nsp ace: x\r\n${rest}`,
    `${first}\r\n: x\r\n${rest}`,
    `${first}\r\nX: a\u0000b\r\n${rest}`,
    `${first}\r\nContent-Length: x\r\n${rest}`,
    `${first}\r\nContent-Length: 1\r\nContent-Length: 2\r\n${rest}`,
    `${first}\r\nConnection: close\r\n\r\n`,
  ]);
  return { request: bytes, statusCode: 400 };
};

/** No method begins so; 0x16 is how TLS says hello. */
const noise = (random: Random): string =>
  random.pick(['\u0016\u0003\u0001', '\u0000', '\u0007', '{"action":', '??', ' ']) + plainText(random, 50);

/** More than Node reads of a request before it gives up. */
export const oversizeHead: MakeUpgradeCase = (random, { path, host }) => {
  const padding = 'x'.repeat(between(random, 17_000, 30_000));
  const bytes = random.pick([
    `GET ${path}?${padding} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX: ${padding}\r\n\r\n`,
  ]);
  return { request: bytes, statusCode: 431 };
};
