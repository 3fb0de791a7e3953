import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

type Verdict = 'allowed' | 'forbidden';

const importing = (specifier: string): string => `import '${specifier}';\n`;
const readingEnvironment = 'export const port = process.env.PORT;\n';

/** Files to plant: where, with what in it, and what the lint must say. */
const planted: readonly (readonly [file: string, content: string, verdict: Verdict])[] = [
  ['src/protocol/1.ts', importing('./errors.ts'), 'allowed'],
  ['src/protocol/2.ts', importing('valibot'), 'allowed'],
  ['src/protocol/3.ts', importing('node:fs'), 'forbidden'],
  ['src/protocol/4.ts', importing('ws'), 'forbidden'],
  ['src/protocol/5.ts', importing('../meeting/ports.ts'), 'forbidden'],
  ['src/client/1.ts', importing('../protocol/limits.ts'), 'allowed'],
  ['src/client/2.ts', importing('./clock.ts'), 'allowed'],
  ['src/client/3.ts', importing('../protocol/join.ts'), 'forbidden'],
  ['src/client/4.ts', importing('valibot'), 'forbidden'],
  ['src/client/5.ts', importing('ws'), 'forbidden'],
  ['src/client/6.ts', importing('node:crypto'), 'forbidden'],
  ['src/client/peers/1.ts', importing('../Emitter.ts'), 'allowed'],
  ['src/client/peers/2.ts', importing('../../protocol/limits.ts'), 'forbidden'],
  ['src/client/7.ts', importing('../meeting/ports.ts'), 'forbidden'],
  ['src/client/8.ts', importing('react'), 'forbidden'],
  ['src/client/react/1.ts', importing('react'), 'allowed'],
  ['src/client/react/2.ts', importing('../index.ts'), 'allowed'],
  ['src/client/react/3.ts', importing('../Roster.ts'), 'forbidden'],
  ['src/client/react/4.ts', importing('react-dom'), 'forbidden'],
  ['src/meeting/1.ts', importing('../protocol/errors.ts'), 'allowed'],
  ['src/meeting/2.ts', importing('node:crypto'), 'forbidden'],
  ['src/meeting/3.ts', importing('valibot'), 'forbidden'],
  ['src/meeting/4.ts', importing('../embedded/EmbeddedMeetings.ts'), 'forbidden'],
  ['src/meeting/5.ts', importing('../gateway/Gateway.ts'), 'forbidden'],
  ['src/meeting/6.ts', importing('../../lambda/shared/log.ts'), 'forbidden'],
  ['src/embedded/1.ts', importing('../meeting/ports.ts'), 'allowed'],
  ['src/embedded/2.ts', importing('../gateway/Gateway.ts'), 'forbidden'],
  ['src/embedded/3.ts', importing('ws'), 'forbidden'],
  ['src/aws/1.ts', importing('@aws-sdk/client-dynamodb'), 'allowed'],
  ['src/aws/2.ts', importing('../meeting/ports.ts'), 'allowed'],
  ['src/aws/5.ts', importing('@smithy/signature-v4'), 'allowed'],
  ['src/aws/6.ts', importing('node:https'), 'allowed'],
  ['src/aws/7.ts', importing('node:fs'), 'forbidden'],
  ['src/aws/3.ts', importing('../embedded/EmbeddedMeetings.ts'), 'forbidden'],
  ['src/aws/4.ts', importing('../../lambda/shared/log.ts'), 'forbidden'],
  ['src/auth/1.ts', importing('jose'), 'allowed'],
  ['src/auth/2.ts', importing('aws-jwt-verify/error'), 'allowed'],
  ['src/auth/3.ts', importing('../protocol/ids.ts'), 'allowed'],
  ['src/auth/4.ts', importing('../meeting/ports.ts'), 'forbidden'],
  ['src/auth/5.ts', importing('../../lambda/shared/variables.ts'), 'forbidden'],
  ['src/auth/6.ts', importing('@aws-sdk/client-dynamodb'), 'forbidden'],
  ['src/auth/7.ts', readingEnvironment, 'forbidden'],
  ['src/gateway/1.ts', importing('ws'), 'allowed'],
  ['src/gateway/2.ts', importing('node:http'), 'allowed'],
  ['src/gateway/3.ts', importing('../meeting/ports.ts'), 'forbidden'],
  ['src/gateway/4.ts', importing('../protocol/frames.ts'), 'forbidden'],
  ['src/gateway/5.ts', importing('../../lambda/shared/events.ts'), 'forbidden'],
  ['lambda/onConnect/1.ts', importing('../shared/backend.ts'), 'allowed'],
  ['lambda/onConnect/2.ts', importing('../../src/meeting/connect.ts'), 'allowed'],
  ['lambda/onConnect/3.ts', importing('../../src/protocol/errors.ts'), 'allowed'],
  ['lambda/onConnect/4.ts', importing('../../src/embedded/EmbeddedMeetings.ts'), 'forbidden'],
  ['lambda/onConnect/5.ts', importing('../../src/gateway/Gateway.ts'), 'forbidden'],
  ['lambda/onConnect/6.ts', importing('../../local/server.ts'), 'forbidden'],
  ['lambda/onConnect/7.ts', importing('../onDefault/onDefault.ts'), 'forbidden'],
  ['lambda/onConnect/8.ts', importing('node:fs'), 'forbidden'],
  ['lambda/onConnect/10.ts', importing('../../src/aws/connectAws.ts'), 'forbidden'],
  ['lambda/onConnect/11.ts', importing('../../src/auth/createVerifier.ts'), 'forbidden'],
  ['lambda/authorize/1.ts', importing('../../src/auth/createVerifier.ts'), 'allowed'],
  ['lambda/authorize/2.ts', importing('jose'), 'forbidden'],
  ['lambda/authorize/3.ts', readingEnvironment, 'forbidden'],
  ['lambda/authorize/index.ts', importing('../../src/aws/connectAws.ts'), 'forbidden'],
  ['lambda/authorize/4.ts', importing('../../src/aws/EmfTelemetry.ts'), 'allowed'],
  ['lambda/shared/authentication.ts', importing('../../src/auth/authentication.ts'), 'allowed'],
  ['lambda/shared/2.ts', importing('../../src/auth/authentication.ts'), 'forbidden'],
  ['lambda/onDefault/index.ts', importing('../../src/aws/connectAws.ts'), 'allowed'],
  ['lambda/sendMessage/index.ts', importing('../../src/embedded/EmbeddedMeetings.ts'), 'forbidden'],
  ['lambda/shared/1.ts', importing('../../src/gateway/events.ts'), 'forbidden'],
  ['web/1.tsx', importing('../src/client/index.ts'), 'allowed'],
  ['web/2.tsx', importing('preact/hooks'), 'allowed'],
  ['web/3.tsx', importing('./call/1.tsx'), 'allowed'],
  ['web/4.tsx', importing('../src/protocol/limits.ts'), 'forbidden'],
  ['web/5.tsx', importing('../src/client/clock.ts'), 'forbidden'],
  ['web/6.tsx', importing('node:fs'), 'forbidden'],
  ['web/7.tsx', importing('valibot'), 'forbidden'],
  ['web/call/1.tsx', importing('../../src/client/peers/index.ts'), 'allowed'],
  ['web/call/2.tsx', importing('../lobby/1.tsx'), 'allowed'],
  ['web/call/3.tsx', importing('../1.tsx'), 'allowed'],
  ['web/call/4.tsx', importing('@preact/signals'), 'allowed'],
  ['web/call/5.tsx', importing('lucide-preact'), 'allowed'],
  ['web/call/6.tsx', importing('../../src/protocol/limits.ts'), 'forbidden'],
  ['web/call/7.tsx', importing('../../src/client/clock.ts'), 'forbidden'],
  ['web/call/8.tsx', importing('../../local/server.ts'), 'forbidden'],
  ['web/call/9.tsx', importing('ws'), 'forbidden'],
  ['local/1.ts', importing('../src/gateway/Gateway.ts'), 'allowed'],
  ['local/2.ts', readingEnvironment, 'allowed'],
  ['lambda/onConnect/index.ts', readingEnvironment, 'allowed'],
  ['lambda/onConnect/9.ts', readingEnvironment, 'forbidden'],
  ['src/embedded/4.ts', readingEnvironment, 'forbidden'],
];

describe('the layer check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-layers-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const report = lintPlanted(folder);

  it.each(planted)('finds %s with %j %s', (file, _content, verdict) => {
    const complaints = report.split('\n').filter((line) => line.includes(`/${file},`));
    expect(complaints).toHaveLength(verdict === 'allowed' ? 0 : 1);
  });
});

/** What the project's own lint configuration says of all planted files, one line a complaint. */
function lintPlanted(folder: string): string {
  copyFileSync('biome.json', join(folder, 'biome.json'));
  for (const [file, content] of planted) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      resolve('node_modules/@biomejs/biome/bin/biome'),
      'lint',
      '--vcs-enabled=false',
      '--reporter=github',
      '.',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 1) throw new Error(`the lint found nothing in what was planted:\n${stdout}`);
  return stdout;
}
