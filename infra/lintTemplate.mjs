// Synthesises the stack, plainly and with everything that context values add, and the probe's where the probe is built,
// and runs cfn-lint over the templates.
//
//   node lintTemplate.mjs                  fails where cfn-lint isn't installed
//   node lintTemplate.mjs --if-installed   says so instead, and does nothing
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
// W3005: the CDK lets each function depend on its role, though it refers to it anyway. That is harmless.
const flags = ['--ignore-checks', 'W3005', '--template'];

const values = (...given) => given.flatMap((value) => ['--context', value]);
const variants = {
  'cdk.out': [],
  'cdk.out/all': values(
    'domainName=meet.example.com',
    'certificateArn=arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-4000-8000-000000000000',
    'removalPolicy=destroy',
    'tableEncryption=aws-owned',
    'allowedOrigins=https://meet.example.com',
    'stunUrls=stun:turn.example.com:3478',
    'turnUrls=turn:turn.example.com:3478',
    'turnSecretName=CloudMeetX-turn',
    'alarmEmail=ops@example.com',
  ),
  'cdk.out/issuer': values('authIssuer=https://login.example.com', 'authAudience=meetings'),
  'cdk.out/open': values('auth=none', 'dashboard=off', 'alarms=off'),
  ...(existsSync(join(here, '../dist/probe/probe.zip')) && {
    'cdk.out/probe': ['--app', 'node --import tsx probe.ts'],
  }),
};

const cfnLint = [join(here, '../.components/cfn-lint/bin/cfn-lint'), 'cfn-lint'].find(
  (command) => spawnSync(command, ['--version']).status === 0,
);
if (!cfnLint) {
  const optional = process.argv.includes('--if-installed');
  const missing =
    'cfn-lint is missing: run scripts/install-test-components.sh in the root, or pip install cfn-lint==1.51.0';
  console.error(optional ? `Template not linted, ${missing}` : missing);
  process.exit(optional ? 0 : 1);
}

for (const [folder, synthFlags] of Object.entries(variants)) {
  run(process.execPath, [cdk(), 'synth', '--quiet', '--output', folder, ...synthFlags]);
  const templates = readdirSync(join(here, folder)).filter((file) => file.endsWith('.template.json'));
  run(cfnLint, [...flags, ...templates.map((file) => join(folder, file))]);
  console.log(`cfn-lint finds nothing in ${folder} (${templates.join(', ')})`);
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: here, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

function cdk() {
  const file = join(here, 'node_modules/aws-cdk/bin/cdk');
  if (existsSync(file)) return file;
  console.error('The CDK is missing: run npm ci in infra');
  process.exit(1);
}
