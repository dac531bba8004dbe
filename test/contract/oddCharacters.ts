/** Characters that are text to a caller but may break a transport, each with its name. */
export const ODD_CHARACTERS = [
  ['U+2028', '\u2028'],
  ['U+2029', '\u2029'],
  ['NUL', '\u0000'],
  ['U+0085', '\u0085'],
  ['U+FEFF', '\ufeff'],
  ['U+FFFE', '\ufffe'],
  ['U+FFFF', '\uffff'],
  ['a lone high surrogate', '\ud800'],
  ['a lone low surrogate', '\udc00'],
  ['CR LF', '\r\n'],
  ['a multipart boundary', '\r\n--batch_1\r\n'],
] as const;
