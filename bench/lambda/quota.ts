import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

/** A share of one processor that processes can be put under. */
export type Quota = {
  /** How it was made, for the report. */
  readonly means: string;
  /** A process that writes its id into this file is under it, with all that it starts. */
  readonly processesFile: string;
  close(): void;
};

/** Why this machine has none. */
export type NoQuota = { readonly reason: string };

const root = '/sys/fs/cgroup';
// Short, so that a process stands still often and briefly instead of seldom and long.
const PERIOD_US = 20_000;

/** Makes a control group that gets this share of one processor, where the machine lets us. */
export function openQuota(share: number): Quota | NoQuota {
  const quotaUs = Math.round(PERIOD_US * share);
  try {
    if (existsSync(`${root}/cgroup.controllers`)) return openV2(quotaUs);
    if (existsSync(`${root}/cpu/cpu.cfs_quota_us`)) return openV1(quotaUs);
    return { reason: `there is no cgroup file system with a processor controller in ${root}` };
  } catch (error) {
    return { reason: `the cgroup could not be made: ${error instanceof Error ? error.message : error}` };
  }
}

function openV2(quotaUs: number): Quota | NoQuota {
  const controllers = readFileSync(`${root}/cgroup.controllers`, 'utf8').split(/\s/);
  if (!controllers.includes('cpu')) return { reason: `${root} has no controller of processors` };
  writeFileSync(`${root}/cgroup.subtree_control`, '+cpu');
  return open(root, 'v2', { 'cpu.max': `${quotaUs} ${PERIOD_US}` });
}

function openV1(quotaUs: number): Quota {
  const settings = { 'cpu.cfs_period_us': `${PERIOD_US}`, 'cpu.cfs_quota_us': `${quotaUs}` };
  return open(`${root}/cpu`, 'v1', settings);
}

function open(parent: string, version: string, settings: Readonly<Record<string, string>>): Quota {
  const folder = `${parent}/cloudmeetx-bench-${process.pid}`;
  mkdirSync(folder);
  const close = () => rmdirSync(folder);
  try {
    for (const [file, value] of Object.entries(settings)) writeFileSync(`${folder}/${file}`, value);
  } catch (error) {
    close();
    throw error;
  }
  const means = `cgroup ${version}, ${Object.entries(settings)
    .map((setting) => setting.join(' = '))
    .join(', ')}`;
  return { means, processesFile: `${folder}/cgroup.procs`, close };
}
