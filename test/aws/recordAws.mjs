// Stands before the AWS CLI in a test: writes down each command with its outcome, and lets the commands that the
// emulator is known not to have pass with a stand-in for their output. Reads AWS_CLI, AWS_RECORD, AWS_DEVIATIONS.
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const args = process.argv.slice(2);
const { AWS_CLI, AWS_RECORD, AWS_DEVIATIONS } = process.env;
const { status, stdout, stderr } = spawnSync(AWS_CLI, args, {
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
});
const words = args[1] === 'wait' ? 3 : 2;
const command = args.slice(0, words).join(' ');
const deviation = JSON.parse(AWS_DEVIATIONS).find((known) => known.command === command);
const deviates = deviation !== undefined && status !== 0 && stderr.includes(deviation.error);
appendFileSync(AWS_RECORD, `${JSON.stringify({ command, args, status, stdout, deviates })}\n`);

process.stderr.write(stderr);
process.stdout.write(deviates ? deviation.standIn : stdout);
process.exitCode = deviates ? 0 : (status ?? 1);
