/** What the layout and the drawing must agree on, in pixels. */
export const fontSize = 12;
export const lineHeight = 15;

/** How wide a text is about to be: no font is measured, so a little is left on every side. */
export const textWidth = (text: string): number => text.length * fontSize * 0.6;
