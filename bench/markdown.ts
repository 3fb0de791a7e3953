import { availableParallelism, cpus, loadavg } from 'node:os';

/** A Markdown table. */
export function table(
  head: readonly (string | number)[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** When and on what a run is measured; made before it begins, and read when it has ended. */
export function noteMachine(): () => string {
  const [before = 0] = loadavg();
  return () => {
    const [after = 0] = loadavg();
    const processors = `${availableParallelism()} processors (${cpus()[0]?.model ?? 'unknown'})`;
    return `Measured on ${new Date().toISOString().slice(0, 10)}; Node ${process.versions.node} on ${process.platform} ${process.arch}, ${processors}, load average ${before.toFixed(1)} before and ${after.toFixed(1)} after.`;
  };
}
