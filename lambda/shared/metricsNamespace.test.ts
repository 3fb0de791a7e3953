import { expect, it } from 'vitest';
import { metricsNamespace } from './metricsNamespace.ts';

it.each([
  ['CloudMeetX-sendMessage', 'CloudMeetX'],
  ['Staging-2-join', 'Staging-2'],
  ['join', 'CloudMeetX'],
  [undefined, 'CloudMeetX'],
])('the function %s counts in %s', (name, namespace) => {
  expect(metricsNamespace({ AWS_LAMBDA_FUNCTION_NAME: name })).toBe(namespace);
});
