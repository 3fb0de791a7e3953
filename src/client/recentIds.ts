/** Tells whether an id is new, which it is once; remembers the last so many. */
export function createRecentIds(limit: number): (id: string) => boolean {
  const ids = new Set<string>();
  return (id) => {
    if (ids.has(id)) return false;
    const [oldest] = ids.add(id);
    if (oldest !== undefined && ids.size > limit) ids.delete(oldest);
    return true;
  };
}
