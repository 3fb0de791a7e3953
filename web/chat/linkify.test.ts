import { describe, expect, it } from 'vitest';
import { linkify } from './linkify.ts';

const linksOf = (text: string) =>
  linkify(text).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []));

describe('linkify', () => {
  it.each([
    ['see https://example.org/a?b=c#d', ['https://example.org/a?b=c#d']],
    ['https://a.example and HTTP://b.example/x', ['https://a.example/', 'http://b.example/x']],
    ['(look at https://example.org/a).', ['https://example.org/a']],
    [
      'https://en.wikipedia.org/wiki/Tile_(disambiguation)!',
      ['https://en.wikipedia.org/wiki/Tile_(disambiguation)'],
    ],
    ['"https://example.org"', ['https://example.org/']],
  ])('finds links in %s', (text, links) => {
    expect(linksOf(text)).toEqual(links);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org',
    'example.org',
    'https://',
    'xhttps://a.b',
  ])('makes no link of %s', (text) => {
    expect(linkify(text)).toEqual([{ kind: 'text', text }]);
  });

  it('keeps every character', () => {
    const text = 'a <b> https://example.org/x, c\nhttps://[bad d';
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
