import type { IncomingMessage } from 'node:http';
import { plainAddress } from './addressGroup.ts';

/** Where a request comes from. */
export type Source = {
  readonly address: string;
  readonly protocol: 'http' | 'https';
  /** How many addresses at the end of `X-Forwarded-For` are the doing of proxies that belong to this gateway. */
  readonly forwarded: number;
};

/** Where a request comes from, if nothing is in front of this gateway. */
export const sourceOfSocket = ({ socket }: IncomingMessage): Source => ({
  address: plainAddress(socket.remoteAddress ?? ''),
  protocol: 'encrypted' in socket ? 'https' : 'http',
  forwarded: 0,
});
