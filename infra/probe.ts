import { App } from 'aws-cdk-lib';
import { ProbeStack } from './probeStack.ts';
import { SetupError } from './settings.ts';

try {
  new ProbeStack(new App());
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
