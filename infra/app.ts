import { App } from 'aws-cdk-lib';
import { createStack } from './createStack.ts';
import { SetupError } from './settings.ts';

try {
  createStack(new App());
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
