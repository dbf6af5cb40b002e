import { type Birth, createStandIn, type StandIn } from './stand-in.ts';

/** What the host is told: to bear a stand-in, to end all turns, to let all of them leave. */
export type HostCommand = { bear: Birth } | 'finish' | 'leave';

/** Which stand-in there is now, by its pid. */
export interface HostReport {
  born: number;
}

/** A process of its own for all stand-ins, so that the manager's memory and time are its own. */
const standIns: StandIn[] = [];
process.on('message', (command: HostCommand) => {
  if (command === 'finish') for (const standIn of standIns) standIn.finish();
  else if (command === 'leave') for (const standIn of standIns.splice(0)) standIn.leave();
  else {
    standIns.push(createStandIn(command.bear));
    process.send?.({ born: command.bear.pid } satisfies HostReport);
  }
});
process.on('disconnect', () => process.exit(0));
