/**
 * Checks what a process of ours wrote to stderr.
 * @throws Error when it ends as Node ends the stderr of a process that has a rejection or an `error` event
 * that nobody handles.
 */
export function checkForCrash(stderr: string): void {
  if (!/^Node\.js v\d/m.test(stderr)) return;
  throw new Error(`A process had an error that nobody handled: ${stderr}`);
}
