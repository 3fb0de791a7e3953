import { describe, expect, it } from 'vitest';
import { between, readBetween } from './marks.ts';

const text = 'before\n<!-- cost: from here -->\nold\nfigures\n<!-- cost: to here -->\nafter\n';

describe('marks', () => {
  it('have what is between them replaced, and nothing else', () => {
    expect(between('cost', text, 'new')).toBe(
      'before\n<!-- cost: from here -->\nnew\n<!-- cost: to here -->\nafter\n',
    );
  });

  it('give back what was written', () => {
    expect(readBetween('cost', text)).toBe('old\nfigures');
    expect(readBetween('cost', between('cost', text, 'new'))).toBe('new');
  });

  it('are missed', () => {
    expect(() => between('posts', text, 'new')).toThrow('no marks of posts');
    expect(() => readBetween('posts', text)).toThrow('no marks of posts');
  });
});
