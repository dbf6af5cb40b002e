/** The commands that read a logs folder and write text. */
export const terminalCommands = ['status', 'watch', 'show', 'tail'] as const;

export type TerminalCommand = (typeof terminalCommands)[number];
