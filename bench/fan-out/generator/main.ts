// The load generator, in a process of its own: does the job of its first argument (JSON), and says as JSON what came of it.
import { idle } from './idle.ts';
import type { Job } from './job.ts';
import { load } from './load.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job;
if (job.kind === 'load') console.log(JSON.stringify(await load(job)));
else await idle(job);
process.exit(0);
