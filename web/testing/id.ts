/** An id as parsers make them; a test makes its own up. */
export const id = <Id extends string>(text: string): Id => text as Id;
