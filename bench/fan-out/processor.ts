import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own tick is. */
const MS_PER_TICK = 10;

/** Processor time that a process has taken so far, with all its threads; undefined where there is no /proc. */
export function processorMsOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything; user and system time are the 12th and 13th field behind it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Memory of a process that is in use, in bytes; undefined where there is no /proc. */
export function residentBytesOf(pid: number): number | undefined {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** How many files, sockets among them, a process may have open; undefined where there is no /proc. */
export function openFilesLimitOf(pid: number): number | undefined {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(read(`/proc/${pid}/limits`) ?? '') ?? [];
  return soft === undefined ? undefined : Number(soft);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
