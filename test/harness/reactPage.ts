import { parseHTML } from 'linkedom';
import { act, createElement, type ReactNode, StrictMode } from 'react';
import { onTestFinished } from 'vitest';
import { settled } from './fakeMeeting.ts';

// React's renderer looks for a page when it is loaded, and its `act` asks whether this is a test.
const { window, document } = parseHTML('<!doctype html><html><body></body></html>');
Object.assign(globalThis, { window, document, IS_REACT_ACT_ENVIRONMENT: true });
(globalThis as { navigator?: unknown }).navigator ??= { userAgent: '' };
const { createRoot } = await import('react-dom/client');

/** How a page is rendered: `strict` is React's mode for development, which mounts everything twice. */
export type Mode = 'usual' | 'strict';

/** A component with one hook, and what the hook has returned. */
export type RenderedHook<Props, Value> = {
  /** The value of each rendering, the newest last. */
  readonly values: readonly Value[];
  readonly value: Value;
  /** Lets something happen, and React show what comes of it. */
  happen(what?: () => unknown): Promise<void>;
  rerender(props: Props): Promise<void>;
  unmount(): Promise<void>;
};

/** Calls what it is given, as it may call hooks, and shows nothing. */
export function Hooks({ use }: { readonly use: () => void }): ReactNode {
  use();
  return null;
}

/** Renders a component that uses a hook, until the test is finished. */
export async function renderHook<Props, Value>(
  use: (props: Props) => Value,
  props: Props,
  mode: Mode = 'usual',
): Promise<RenderedHook<Props, Value>> {
  const values: Value[] = [];
  const root = createRoot(document.createElement('div') as never);
  const happen = (what: () => unknown = () => {}) =>
    act(async () => {
      await what();
      await settled();
    });
  const rerender = (given: Props) =>
    happen(() => {
      const element = createElement(Hooks, { use: () => void values.push(use(given)) });
      root.render(mode === 'strict' ? createElement(StrictMode, null, element) : element);
    });
  const unmount = () => happen(() => root.unmount());
  onTestFinished(unmount);
  await rerender(props);
  return {
    ...{ values, happen, rerender, unmount },
    get value() {
      return values.at(-1) as Value;
    },
  };
}
