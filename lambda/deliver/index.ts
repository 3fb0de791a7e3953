import { connectAws } from '../../src/aws/connectAws.ts';
import { createBackend, createFunctionLog } from '../shared/createBackend.ts';
import { readFunctionConfig } from '../shared/environment.ts';
import { createDeliver } from './deliver.ts';

const config = readFunctionConfig(process.env);
const log = createFunctionLog(config);
const aws = connectAws(config, (error) => log.warn('post failed', { error }));

const backend = createBackend(config, { ...aws, log });

/** The function as Lambda calls it: `index.handler`. */
export const handler = aws.queued(createDeliver(backend), (error) => backend.log.error('error', { error }));
