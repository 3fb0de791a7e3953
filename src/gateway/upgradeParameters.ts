import type { IncomingMessage } from 'node:http';
import type { Source } from './source.ts';

/** One value of each name. */
export type Headers = Record<string, string>;
/** All values of each name. */
export type MultiValue = Record<string, string[]>;

/** What API Gateway adds to an upgrade request's own headers. */
export type AddedHeaders = {
  readonly source: Source;
  readonly traceId: string;
  /** Headers that replace the client's own of the same names. */
  readonly fixed?: Readonly<Headers>;
};

/** An upgrade request's headers, as events have them. */
export type HeaderParameters = { readonly headers: Headers; readonly multiValueHeaders: MultiValue };

/** The client's headers in its own spelling, less the hop-by-hop ones, plus those that API Gateway adds. */
export function headerParameters(request: IncomingMessage, added: AddedHeaders): HeaderParameters {
  const values = new Map<string, string[]>();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const [name, value] = request.rawHeaders.slice(index, index + 2) as [string, string];
    if (!/^(connection|upgrade)$/i.test(name)) append(values, name, value);
  }
  const fixed = {
    'X-Forwarded-For': forwardedFor(take(values, 'X-Forwarded-For'), added.source),
    'X-Forwarded-Port': String(request.socket.localPort ?? 443),
    'X-Forwarded-Proto': added.source.protocol,
    'X-Amzn-Trace-Id': added.traceId,
    ...added.fixed,
  };
  for (const [name, value] of Object.entries(fixed)) {
    take(values, name);
    values.set(name, [value]);
  }
  const sorted = [...values].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const multiValueHeaders = Object.fromEntries(sorted);
  return { headers: lastOfEach(multiValueHeaders), multiValueHeaders };
}

/** What the client itself said, then its address. */
function forwardedFor(said: readonly string[], { address, forwarded }: Source): string {
  if (forwarded === 0) return [...said, address].join(', ');
  const addresses = said.flatMap((value) => value.split(',')).map((one) => one.trim());
  return [...addresses.slice(0, -forwarded), address].join(', ');
}

/** A URL's query, as events have it; undefined without a single parameter. */
export function queryParameters(url: string):
  | {
      readonly queryStringParameters: Headers;
      readonly multiValueQueryStringParameters: MultiValue;
    }
  | undefined {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  if (query.size === 0) return undefined;
  const values = new Map<string, string[]>();
  for (const [name, value] of query) append(values, name, value);
  const multiValueQueryStringParameters = Object.fromEntries(values);
  return {
    queryStringParameters: lastOfEach(multiValueQueryStringParameters),
    multiValueQueryStringParameters,
  };
}

function append(values: Map<string, string[]>, name: string, value: string): void {
  values.set(name, [...(values.get(name) ?? []), value]);
}

/** Takes out all values of a header, however it is spelt. */
function take(values: Map<string, string[]>, name: string): string[] {
  const spellings = [...values.keys()].filter((key) => key.toLowerCase() === name.toLowerCase());
  const taken = spellings.flatMap((key) => values.get(key) ?? []);
  for (const key of spellings) values.delete(key);
  return taken;
}

const lastOfEach = (values: MultiValue): Headers =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
