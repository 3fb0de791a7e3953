import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readContext } from './context.ts';
import { CloudMeetXStack } from './stack.ts';

/** Adds the stack that the app's context asks for, and the checks that synthesis fails by. Throws a `SetupError`. */
export function createStack(app: App): CloudMeetXStack {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const props = readContext((name) => app.node.tryGetContext(name));
  return new CloudMeetXStack(app, `${props.namePrefix}Stack`, props);
}
