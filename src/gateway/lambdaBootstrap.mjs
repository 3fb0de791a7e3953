// What runs in a function's own process in the place of Lambda's runtime: loads the handler, then handles one event
// after the other as its parent sends them.
import { pathToFileURL } from 'node:url';

const [taskRoot, functionName, memoryLimitInMB] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(`${taskRoot}/index.mjs`).href);

process.on('message', async ({ event, requestId, deadlineMs }) => {
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    memoryLimitInMB,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
  try {
    process.send({ result: await handler(event, context) });
  } catch (error) {
    process.send({
      error: { name: error?.name, message: error?.message ?? String(error), stack: error?.stack },
    });
  }
});

process.send('ready');
