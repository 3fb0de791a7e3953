import { describe, expect, it } from 'vitest';
import { signatureFault } from '../../src/gateway/signature.ts';
import { packageSigner, type Sign, signByHand } from './signatures.ts';
import { accessKey } from './target.ts';

const region = 'eu-central-1';
const post = {
  host: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
  path: `/production/@connections/${encodeURIComponent('L0SM9cOFvHcCIhw=')}`,
  body: Buffer.from('hello'),
};

const signByPackage: Sign = async ({ host, path, body }) => {
  const request = { method: 'POST', protocol: 'https:', hostname: host, path, headers: { host }, body };
  return (await packageSigner(region).sign(request)).headers;
};

describe.each([
  ['the package', signByPackage],
  ['hand', signByHand(region)],
])('a post signed by %s', (_, sign) => {
  it('is one that the gateway takes, also when it is not the first', async () => {
    await sign({ ...post, body: Buffer.from('another') });
    expect(await faultOf(await sign(post), post.body)).toBeUndefined();
  });

  it('holds for this body alone', async () => {
    expect(await faultOf(await sign(post), Buffer.from('else'))).toBe('InvalidSignatureException');
  });
});

it('makes another key on another day', async () => {
  let today = new Date('2026-11-28T23:59:59Z');
  const sign = signByHand(region, () => today);
  await sign(post);
  today = new Date('2026-11-29T00:00:01Z');
  expect(await faultOf(await sign(post), post.body, today.getTime())).toBeUndefined();
});

const faultOf = (headers: Readonly<Record<string, string>>, body: Buffer, nowMs = Date.now()) =>
  signatureFault({ method: 'POST', path: post.path, headers, body }, { accessKey, region, nowMs });
