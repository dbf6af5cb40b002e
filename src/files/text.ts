import { isAscii } from 'node:buffer';

/** Decodes UTF-8. Most text is ASCII, for which the check and a copy are much faster than decoding. */
export const textOf = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
