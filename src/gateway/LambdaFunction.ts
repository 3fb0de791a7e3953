import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { LambdaEnvironment, type LambdaEnvironmentOptions } from './LambdaEnvironment.ts';

/** A built function, and how it is to run. */
export type LambdaFunctionOptions = Omit<LambdaEnvironmentOptions, 'taskRoot'> & {
  /** The zip that would be deployed; its handler is `index.handler`. */
  readonly zip: string;
  readonly timeoutMs: number;
  /** Processes at most. Lambda would refuse more; here further events wait. */
  readonly concurrency: number;
};

/** An event as API Gateway hands it to Lambda. */
type GatewayEvent = { readonly requestContext: { readonly requestId: string } };

/**
 * Runs a built Lambda zip as an integration of the gateway: unchanged, in processes of its own, one for each event
 * that is handled at the same time, kept for the events that follow.
 */
export class LambdaFunction {
  readonly #options: LambdaFunctionOptions;
  readonly #taskRoot: string;
  readonly #environments = new Set<LambdaEnvironment>();
  readonly #idle: LambdaEnvironment[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(options: LambdaFunctionOptions) {
    this.#options = options;
    this.#taskRoot = mkdtempSync(join(tmpdir(), `${options.functionName}-`));
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(options.zip)))) {
      mkdirSync(dirname(join(this.#taskRoot, name)), { recursive: true });
      writeFileSync(join(this.#taskRoot, name), bytes);
    }
  }

  /** Handles one event; to be given to a route as its integration. */
  readonly invoke = (event: GatewayEvent): Promise<unknown> =>
    this.invokeAs(event.requestContext.requestId, event);

  /** Handles an event that no route has brought, such as a schedule's, in an invocation of this id. */
  readonly invokeAs = async (requestId: string, event: unknown): Promise<unknown> => {
    const environment = await this.#acquire();
    try {
      return await environment.invoke({ event, requestId, timeoutMs: this.#options.timeoutMs });
    } finally {
      this.#release(environment);
    }
  };

  /** The processes that live. */
  get processIds(): readonly number[] {
    return [...this.#environments].flatMap(({ alive, processId }) => (alive ? (processId ?? []) : []));
  }

  /** Ends every process and removes what was unpacked. */
  async close(): Promise<void> {
    await Promise.all([...this.#environments].map((environment) => environment.end()));
    rmSync(this.#taskRoot, { recursive: true, force: true });
  }

  async #acquire(): Promise<LambdaEnvironment> {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle?.alive) return idle;
      if (idle) this.#environments.delete(idle);
      else if (this.#environments.size < this.#options.concurrency) return this.#start();
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): LambdaEnvironment {
    const environment = new LambdaEnvironment({ ...this.#options, taskRoot: this.#taskRoot });
    this.#environments.add(environment);
    return environment;
  }

  #release(environment: LambdaEnvironment): void {
    if (environment.alive) this.#idle.push(environment);
    else this.#environments.delete(environment);
    this.#waiting.shift()?.();
  }
}
