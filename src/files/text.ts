import { isAscii } from 'node:buffer';

/** The text in UTF-8. To look whether it is ASCII alone and to copy that is much less than to decode. */
export const textOf = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
