/** The sizes that the layout and the drawing share, in pixels. */
export const fontSize = 12;
export const lineHeight = 15;

/** Estimates the width of a text. It measures no font, so the layout leaves some space on each side. */
export const textWidth = (text: string): number => text.length * fontSize * 0.6;
