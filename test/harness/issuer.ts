import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { authorityOf, close, listen } from './listening.ts';
import { handmadeToken } from './tokens.ts';

type Json = Readonly<Record<string, unknown>>;
type Algorithm = 'RS256' | 'ES256';

/** Made once: an RSA key takes its time. */
const keyPairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

/** Whoever issues tokens and publishes its keys, on a free port of this machine. */
export type Issuer = {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly jwksUri: string;
  /** The paths that were asked for. */
  readonly requests: readonly string[];
  /** What it answers; `changed` has its keys under other names. */
  state: 'working' | 'changed' | 'failing' | 'silent' | 'moved' | 'confused';
  /** What its discovery document says beside. */
  discovery: Json;
  /** A token signed with a key of its own. */
  sign(claims: Json, header?: Json & { readonly alg?: Algorithm }): string;
  /** The RSA key that it publishes, as PEM. */
  readonly publicKey: string;
};

/** Starts an issuer until the test is finished. */
export async function startIssuer(): Promise<Issuer> {
  const requests: string[] = [];
  const server = await listen(
    createServer((request, response) => {
      requests.push(request.url ?? '');
      switch (issuer.state) {
        case 'silent':
          return;
        case 'failing':
          return void response.writeHead(503).end('{"keys":[]}');
        case 'moved':
          return void response.writeHead(302, { location: `${url}/elsewhere` }).end();
        case 'confused':
          return void response.end('<html>');
        default: {
          const document = request.url === '/keys' ? keySet(issuer.state) : issuer.discovery;
          response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
        }
      }
    }),
  );
  onTestFinished(() => close(server));
  const url = `http://${authorityOf(server)}`;
  const issuer: Issuer = {
    url,
    jwksUri: `${url}/keys`,
    requests,
    state: 'working',
    discovery: { issuer: url, jwks_uri: `${url}/keys` },
    sign: (claims, { alg = 'RS256', ...header } = {}) =>
      handmadeToken({ alg, kid: kidOf(alg, 'working'), ...header }, claims, (input) =>
        signatureOf(input, keyPairs[alg].privateKey),
      ),
    publicKey: keyPairs.RS256.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  return issuer;
}

const kidOf = (algorithm: string, state: Issuer['state']): string => `${algorithm}-${state}`;

const keySet = (state: Issuer['state']) => ({
  keys: Object.entries(keyPairs).map(([alg, { publicKey }]) => ({
    ...publicKey.export({ format: 'jwk' }),
    alg,
    use: 'sig',
    kid: kidOf(alg, state),
  })),
});

function signatureOf(input: string, key: KeyObject): string {
  return createSign('sha256').update(input).sign({ key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}
