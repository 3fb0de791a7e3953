/** Where posts go, and how many at once. */
export type Target = {
  /** With the stage, as `CALLBACK_URL`. */
  readonly url: string;
  readonly region: string;
  readonly concurrency: number;
};

/** What everything here is signed with: nobody's. */
export const accessKey = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' };

/** Does one thing for each of some ids, so many at once, as `ApiGatewaySender` does. */
export async function inPool(
  concurrency: number,
  ids: readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> {
  const queue = ids.values();
  const next = async () => {
    for (const id of queue) await work(id);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, ids.length) }, next));
}
