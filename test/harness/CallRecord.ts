import { appendFileSync } from 'node:fs';
import type { DeployedFunction } from '../../infra/deployedFunctions.ts';

/** An action and what it is done to: `GetItem on connections`, `POST on @connections`. */
type Call = string;

/** Each call that a function is granted. */
export function grantedCalls({ access }: Pick<DeployedFunction, 'access'>): readonly Call[] {
  return [
    ...access.connections.map((action) => `${action} on connections`),
    ...access.meetings.map((action) => `${action} on meetings`),
    ...access.manageConnections.map((method) => `${method} on @connections`),
    ...access.deliveryQueue.map((action) => `${action} on the delivery queue`),
  ];
}

/** Grants as IAM does, by what is granted to each function, and keeps every call. */
export class CallRecord {
  readonly #granted: ReadonlyMap<string, readonly Call[]>;
  readonly #seen = new Map<string, Set<Call>>();

  constructor(functions: Readonly<Record<string, Pick<DeployedFunction, 'access'>>>) {
    this.#granted = new Map(
      Object.entries(functions).map(([name, deployed]) => [name, grantedCalls(deployed)]),
    );
  }

  /** Keeps the call, and says whether the function may make it. */
  permits(functionName: string, call: Call): boolean {
    const calls = this.#seen.get(functionName) ?? new Set();
    this.#seen.set(functionName, calls.add(call));
    return this.#granted.get(functionName)?.includes(call) ?? false;
  }

  /** What functions have called and were not granted, as `FUNCTION: ACTION on RESOURCE`. */
  get refused(): readonly string[] {
    return this.#lines(([name, call]) => !this.#granted.get(name)?.includes(call));
  }

  /** Adds to a file what was called, a line each; several processes may. Throws when something was refused. */
  save(file: string): void {
    appendFileSync(
      file,
      this.#lines(() => true)
        .map((line) => `${line}\n`)
        .join(''),
    );
    if (this.refused.length === 0) return;
    throw new Error(`not granted in infra/deployedFunctions.ts: ${this.refused.join(', ')}`);
  }

  #lines(filter: (call: readonly [string, Call]) => boolean): readonly string[] {
    return [...this.#seen]
      .flatMap(([name, calls]) => [...calls].map((call) => [name, call] as const))
      .filter(filter)
      .map(([name, call]) => `${name}: ${call}`);
  }
}
