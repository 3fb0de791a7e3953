import { useMemo, useSyncExternalStore } from 'react';

/** A list that lives elsewhere. Its members are never changed, only replaced. */
export type ListSource<Member> = {
  readonly read: () => readonly Member[];
  /** Calls with each change; returns what stops it. */
  readonly subscribe: (onChange: () => void) => () => void;
};

const empty: readonly never[] = [];

/** The list of a source, if there is one: the same array for as long as it has the same members. */
export function useList<Member, Owner>(
  owner: Owner | undefined,
  sourceOf: (owner: Owner) => ListSource<Member>,
): readonly Member[] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: how an owner is read is always the same.
  const { subscribe, read } = useMemo(
    () => (owner === undefined ? nothing : steady(sourceOf(owner))),
    [owner],
  );
  return useSyncExternalStore(subscribe, read, read);
}

const nothing: ListSource<never> = { read: () => empty, subscribe: () => () => {} };

function steady<Member>({ read, subscribe }: ListSource<Member>): ListSource<Member> {
  let last: readonly Member[] = empty;
  return {
    subscribe,
    read() {
      const list = read();
      const isSame = list.length === last.length && list.every((member, index) => member === last[index]);
      if (!isSame) last = [...list];
      return last;
    },
  };
}
