import { connectAws } from '../../src/aws/connectAws.ts';
import { createBackend, createFunctionLog } from '../shared/createBackend.ts';
import { readFunctionConfig } from '../shared/environment.ts';
import { createSendMessage } from './sendMessage.ts';

const config = readFunctionConfig(process.env);
const log = createFunctionLog(config);
const aws = connectAws(config, (error) => log.warn('post failed', { error }));

/** The function as Lambda calls it: `index.handler`. */
export const handler = aws.handling(createSendMessage(createBackend(config, { ...aws, log })));
