import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ConfigError, type Environment, text } from '../lambda/shared/variables.ts';
import { plainAddress } from '../src/gateway/addressGroup.ts';
import { type Source, sourceOfSocket } from '../src/gateway/source.ts';

/** The proxies in front, whose word on where a request comes from is taken. */
export type TrustedProxies =
  | { readonly kind: 'none' }
  /** So many, one behind the other, and no way around them. */
  | { readonly kind: 'count'; readonly count: number }
  /** Those with these addresses. */
  | { readonly kind: 'addresses'; readonly includes: (address: string) => boolean };

const MAX_PROXIES = 9;

/** Reads `TRUST_PROXY`: `off`, how many, or addresses and networks with commas between them. Throws a {@link ConfigError}. */
export function readTrustedProxies(env: Environment): TrustedProxies {
  const value = text(env, 'TRUST_PROXY', 'off').trim();
  if (value === 'off') return { kind: 'none' };
  if (/^[1-9]$/.test(value)) return { kind: 'count', count: Number(value) };
  const networks = new BlockList();
  for (const network of value.split(',')) {
    if (addNetwork(networks, network.trim())) continue;
    throw new ConfigError(
      `TRUST_PROXY must be off, the number of proxies in front (1 to ${MAX_PROXIES}), or their addresses and networks such as 127.0.0.1,10.0.0.0/8, but is "${value}".`,
    );
  }
  return { kind: 'addresses', includes: (address) => networks.check(address, familyOf(address)) };
}

function addNetwork(networks: BlockList, network: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const prefix = bits === undefined ? longest : Number(bits);
  // A prefix of 0 would trust everybody, and so anybody's word.
  if (longest < 0 || prefix < 1 || prefix > longest) return false;
  networks.addSubnet(address, prefix, familyOf(address));
  return true;
}

/**
 * Makes the function that says where a request comes from. Each proxy adds to the right end of `X-Forwarded-For` whom
 * it was asked by; what stands further left than the last one that is trusted is anybody's, and is not looked at.
 */
export function createSourceOf(proxies: TrustedProxies): (request: IncomingMessage) => Source {
  if (proxies.kind === 'none') return sourceOfSocket;
  return (request) => {
    const direct = sourceOfSocket(request);
    const isTrusted = (address: string, hop: number) =>
      proxies.kind === 'count' ? hop < proxies.count : proxies.includes(address);
    if (!isTrusted(direct.address, 0)) return direct;
    const protocol = protocolOf(request) ?? direct.protocol;
    return { ...furthest(listOf(request, 'x-forwarded-for').reverse(), direct, isTrusted), protocol };
  };
}

/** Goes from proxy to proxy until one tells of somebody who is none; or tells nothing, and is where it ends. */
function furthest(
  toldByProxies: readonly string[],
  direct: Source,
  isTrusted: (address: string, hop: number) => boolean,
): Pick<Source, 'address' | 'forwarded'> {
  let { address } = direct;
  let forwarded = 0;
  for (const told of toldByProxies) {
    const next = addressIn(told);
    if (next === undefined || !isTrusted(address, forwarded)) break;
    address = next;
    forwarded++;
  }
  return { address, forwarded };
}

/** The address in an entry of `X-Forwarded-For`, to which some proxies add the port. */
function addressIn(entry: string): string | undefined {
  const address = /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
  return isIP(address) === 0 ? undefined : plainAddress(address);
}

function protocolOf(request: IncomingMessage): Source['protocol'] | undefined {
  const told = listOf(request, 'x-forwarded-proto').at(-1)?.toLowerCase();
  return told === 'http' || told === 'https' ? told : undefined;
}

/** The values of a header that is a list. Node joins those of repeated headers by commas. */
const listOf = ({ headers }: IncomingMessage, name: string): string[] =>
  [headers[name] ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((one) => one.trim());

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
