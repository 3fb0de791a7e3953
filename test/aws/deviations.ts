/** Commands of the document that moto 5.2.1 refuses, as the error says, and what is printed in their place. */
export const refusedByMoto = [
  { command: 'apigatewayv2 create-deployment', error: '(404)', standIn: 'no-deployment\n' },
  { command: 'apigatewayv2 update-stage', error: '(500)', standIn: '' },
] as const;

/** What moto 5.2.1 answers otherwise than AWS. The tests show each, so that none outlives its reason. */
export const answeredOtherwise = {
  apiEndpoint: 'get-api says https where AWS says wss, and nothing answers there: our gateway stands in',
  routeResponses:
    'get-route-responses fails (500); get-route-response works, so ids come from their creation',
  codeLocation:
    'get-function names a code location in a bucket that does not exist: CodeSha256 must equal our zip',
  stageDeployment: 'get-stage has no DeploymentId',
  architecture: 'update-function-code ignores --architectures',
} as const;

/** What moto 5.2.1 accepts and doesn't do, or can't show; of these we know from AWS's documentation alone. */
export const neverDoneByMoto = [
  'enforce the role: the calls that the functions make, and what takes messages for one, are compared with the policy instead',
  'run functions: the Lambda runner does, on the Node at hand instead of nodejs24.x on arm64',
  'route messages, throttle the stage, keep undeployed routes from clients: our gateway routes',
  'answer by a mock integration, whose templates the test gives our gateway as the answer',
  'ask an authorizer: our gateway asks it, with the same function, for a token of the user pool',
  'have a token taken by an address of Cognito: its keys are at the emulator, and the test says so',
  'keep a client from attributes that it may not write, mail anybody, or hold a pool that is protected',
  'invoke by a schedule: the test does, once',
  'invoke by a queue, but in Docker: the test takes messages from it as Lambda would, with the mapping off meanwhile',
  'ask whether a role may take from a queue before it is mapped, refuse plain HTTP, encrypt a queue, keep a name for a minute',
  'delete what has expired, or fill an index in the background',
  'refuse a role that is new, a function that is being updated, a runtime that is withdrawn',
  'write the log groups and metrics',
] as const;
