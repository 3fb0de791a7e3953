import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the figures were measured on. */
export function machine() {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processors: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    memoryMb: Math.round(totalmem() / 2 ** 20),
  };
}
