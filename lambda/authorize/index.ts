import { createVerifier } from '../../src/auth/createVerifier.ts';
import { createFunctionLog } from '../shared/createBackend.ts';
import { readSharedConfig } from '../shared/environment.ts';
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

/** The function as Lambda calls it: `index.handler`. */
export const handler = createAuthorize({ verifier, log: createFunctionLog(config) });
