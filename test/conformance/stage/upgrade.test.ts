import { expect, it } from 'vitest';
import { RawClient } from '../../harness/RawClient.ts';
import { meetingStage } from '../../harness/stage.ts';
import { TestClient } from '../../harness/TestClient.ts';

it('[GU2] passes on the status that $connect returns', async (test) => {
  const stage = await meetingStage(test);

  expect((await TestClient.refused(stage.url({ meetingId: '' }))).statusCode).toBe(400);
});

it('[GU2] passes on the body that $connect returns', async (test) => {
  const stage = await meetingStage(test);

  const { body } = await TestClient.refused(stage.url({ meetingId: '' }));

  expect(JSON.parse(body)).toMatchObject({ code: 'missing_meeting_id' });
});

it.for(['/', '/other', 'STAGEs', 'STAGE/x', 'STAGE/@connections/abc', 'UPPERCASE'])(
  '[GU5] answers 403 to an upgrade of %s',
  async (path, test) => {
    const url = new URL((await meetingStage(test)).url());
    if (url.pathname === '/') test.skip('the address has no stage: it is of a domain of its own');
    const target = path.replace('STAGE', url.pathname).replace('UPPERCASE', url.pathname.toUpperCase());

    expect((await RawClient.refused(url.href, { target: target + url.search })).statusCode).toBe(403);
  },
);

it.for(['', '/'])(
  '[GU5] takes the stage with "%s" behind it, and answers 426 to plain HTTP',
  async (slash, test) => {
    const url = new URL((await meetingStage(test)).url());
    if (slash !== '' && url.pathname === '/')
      test.skip('the address has no stage: it is of a domain of its own');
    url.pathname += slash;

    await RawClient.open(url.href);

    expect((await fetch(url.href.replace(/^ws/, 'http'))).status).toBe(426);
  },
);

it('[GU5] answers 414 to a URL of more than 4,096 characters', async (test) => {
  const stage = await meetingStage(test);
  const { href: url, pathname, search } = new URL(stage.url());
  // AWS doesn't say whether scheme and host count: the first is within the limit if they do, the second beyond it if not.
  const within = 'x'.repeat(4096 - url.length - '&x='.length);
  const beyond = 'x'.repeat(4097 - (pathname + search).length - '&x='.length);

  await stage.open({ x: within });

  expect((await RawClient.refused(stage.url({ x: beyond }))).statusCode).toBe(414);
});
