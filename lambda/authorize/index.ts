import { createVerifier } from '../../src/auth/createVerifier.ts';
import { EmfTelemetry } from '../../src/aws/EmfTelemetry.ts';
import { withCountedErrors } from '../shared/countErrors.ts';
import { createFunctionLog } from '../shared/createBackend.ts';
import { readSharedConfig } from '../shared/environment.ts';
import type { AuthorizeEvent } from '../shared/events.ts';
import { metricsNamespace } from '../shared/metricsNamespace.ts';
import { createAuthorize } from './authorize.ts';

const config = readSharedConfig(process.env);
const { authentication } = config;
const verifier = authentication
  ? createVerifier(authentication, { now: Date.now, fetch })
  : {
      verify: () =>
        Promise.reject(
          new Error('the function authorize needs AUTH_SECRET, or AUTH_ISSUER and AUTH_AUDIENCE'),
        ),
    };

// Lambda takes each line of standard output for a log event.
const telemetry = new EmfTelemetry({
  namespace: metricsNamespace(process.env),
  write: (line) => process.stdout.write(`${line}\n`),
  now: Date.now,
});
const log = withCountedErrors(createFunctionLog(config), telemetry);
const authorize = createAuthorize({ verifier, log, telemetry });

/** The function as Lambda calls it: `index.handler`. */
export const handler = (event: AuthorizeEvent) => authorize(event).finally(() => telemetry.flush());
