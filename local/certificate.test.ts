import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../lambda/shared/log.ts';
import { ConfigError } from '../lambda/shared/variables.ts';
import { makeCertificate, type TestCertificate } from '../test/harness/certificate.ts';
import { LogKeeper } from '../test/harness/LogKeeper.ts';
import { TestClient } from '../test/harness/TestClient.ts';
import { readCertificate, readCertificateFiles } from './certificate.ts';
import { readConfig } from './config.ts';
import { startServer } from './server.ts';

const DAY_MS = 86_400_000;
const NO_OPENSSL = 'there is no openssl to make certificates with';

/** Starts a server that serves with a certificate. */
async function start({ certFile, keyFile }: TestCertificate, certificateCheckMs?: number) {
  const keeper = new LogKeeper();
  const server = await startServer(
    readConfig({ PORT: '0', DATA_DIR: ':memory:', TLS_CERT: certFile, TLS_KEY: keyFile }, []),
    createLog({ level: 'info', write: keeper.write, now: Date.now }),
    certificateCheckMs === undefined ? {} : { certificateCheckMs },
  );
  onTestFinished(() => server.stop());
  return { server, keeper, port: Number(new URL(server.pageUrl).port) };
}

/** The certificate that a server shows to whoever connects now. */
async function shownBy(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function replace(files: TestCertificate, by: TestCertificate): void {
  copyFileSync(by.keyFile, files.keyFile);
  copyFileSync(by.certFile, files.certFile);
}

describe('TLS_CERT and TLS_KEY', () => {
  it('are set both, or none', () => {
    expect(readCertificateFiles({})).toBeUndefined();
    expect(readCertificateFiles({ TLS_CERT: '', TLS_KEY: '' })).toBeUndefined();
    const both = { TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' };
    expect(readCertificateFiles(both)).toEqual({ certFile: 'cert.pem', keyFile: 'key.pem' });
    for (const [set, unset] of [
      ['TLS_CERT', 'TLS_KEY'],
      ['TLS_KEY', 'TLS_CERT'],
    ] as const) {
      const read = () => readCertificateFiles({ [set]: 'file.pem' });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(`${set} is set, but not ${unset}`);
    }
  });

  it('name what is wrong with their files', ({ skip }) => {
    const [files, others] = [makeCertificate(), makeCertificate()];
    if (!files || !others) return skip(NO_OPENSSL);
    const nowMs = Date.now();
    expect(readCertificate(files, nowMs).cert).toBe(readFileSync(files.certFile, 'utf8'));
    const wrong = [
      [{ ...files, certFile: '/nowhere.pem' }, nowMs, `TLS_CERT "/nowhere.pem" can't be read: ENOENT`],
      [{ ...files, keyFile: '/nowhere.pem' }, nowMs, `TLS_KEY "/nowhere.pem" can't be read: ENOENT`],
      [{ ...files, certFile: files.keyFile }, nowMs, `TLS_CERT "${files.keyFile}" is no certificate`],
      [{ ...files, keyFile: files.certFile }, nowMs, `TLS_KEY "${files.certFile}" can't be used with`],
      [{ ...files, keyFile: others.keyFile }, nowMs, `TLS_KEY "${others.keyFile}" can't be used with`],
      [files, nowMs + 2 * DAY_MS, `TLS_CERT "${files.certFile}" has expired (`],
      [files, nowMs - 2 * DAY_MS, `TLS_CERT "${files.certFile}" holds from `],
    ] as const;
    for (const [given, atMs, words] of wrong) {
      expect(() => readCertificate(given, atMs)).toThrow(ConfigError);
      expect(() => readCertificate(given, atMs)).toThrow(words);
    }
  });
});

describe('a server with a certificate', () => {
  it('speaks TLS 1.2 and above, and no plain HTTP', async ({ skip }) => {
    const files = makeCertificate();
    if (!files) return skip(NO_OPENSSL);
    const { server, port } = await start(files);
    expect(server.webSocketUrl).toBe(`wss://127.0.0.1:${port}/production`);
    expect(server.pageUrl).toBe(`https://127.0.0.1:${port}/`);
    const ca = readFileSync(files.certFile);
    const alice = await TestClient.connect(`${server.webSocketUrl}?meetingId=standup`, { ca });
    expect(await alice.request({ action: 'ping' })).toEqual({ type: 'pong' });

    const socket = connect({ port, host: '127.0.0.1', ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    await expect(once(socket, 'secureConnect')).rejects.toThrow();
    await expect(fetch(server.pageUrl.replace('https:', 'http:'))).rejects.toThrow();
  });

  it('is given another one while it runs, by hand or when the files change', async ({ skip }) => {
    const [files, second, third] = [makeCertificate(), makeCertificate(), makeCertificate()];
    if (!files || !second || !third) return skip(NO_OPENSSL);
    const { server, keeper, port } = await start(files, 20);
    const ca = readFileSync(files.certFile);
    const alice = await TestClient.connect(`${server.webSocketUrl}?meetingId=standup`, { ca });
    const first = await shownBy(port);

    replace(files, second);
    await keeper.line({ event: 'certificate read again' });
    const next = await shownBy(port);
    expect(next).not.toBe(first);

    replace(files, third);
    server.reloadCertificate();
    expect(await shownBy(port)).not.toBe(next);
    expect(await alice.request({ action: 'ping' })).toEqual({ type: 'pong' });
  });

  it('keeps the one it has when the new one is no use, and logs why', async ({ skip }) => {
    const files = makeCertificate();
    if (!files) return skip(NO_OPENSSL);
    const { server, keeper, port } = await start(files);
    const before = await shownBy(port);
    writeFileSync(files.certFile, 'half a certif');
    server.reloadCertificate();
    expect(await keeper.line({ event: 'certificate kept' })).toMatchObject({
      level: 'error',
      error: { message: expect.stringContaining('TLS_CERT') },
    });
    expect(await shownBy(port)).toBe(before);
  });
});
