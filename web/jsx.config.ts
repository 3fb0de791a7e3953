/** How JSX is compiled, in the page and in its tests: by Vite's own compiler, so that Preact needs no preset. */
export const jsx = { runtime: 'automatic', importSource: 'preact' } as const;
