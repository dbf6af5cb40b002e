import { type Birth, createStandIn, type StandIn } from './stand-in.ts';

/** A command to the host: start a stand-in, or let some stand-ins act. */
export type HostCommand =
  | { bear: Birth }
  | { finish: string[] }
  | { chat: string[]; count: number }
  | { leave: string[] };

/** An event of the host: a stand-in has started or exited, by worker id; all messages are written. */
export type HostReport = { born: string } | { left: string } | { chatted: number };

const report = (message: HostReport): void => void process.send?.(message);

/** The process of all stand-ins, so that the memory and the CPU time of the manager exclude them. */
const standIns = new Map<string, StandIn>();
const someOf = (worker_ids: string[]) => worker_ids.flatMap((id) => standIns.get(id) ?? []);

process.on('message', (command: HostCommand) => {
  if ('bear' in command) bear(command.bear);
  else if ('finish' in command) for (const standIn of someOf(command.finish)) standIn.finish();
  else if ('chat' in command) chat(someOf(command.chat), command.count);
  else for (const standIn of someOf(command.leave)) standIn.leave();
});
process.on('disconnect', () => process.exit(0));

function bear(birth: Birth): void {
  const { worker_id } = birth;
  const onLeft = () => {
    standIns.delete(worker_id);
    report({ left: worker_id });
  };
  standIns.set(worker_id, createStandIn(birth, onLeft));
  report({ born: worker_id });
}

/** Writes the messages of all stand-ins alternately, one pair at a time. */
function chat(all: StandIn[], count: number): void {
  for (let said = 0; said < count; said += 2) for (const standIn of all) standIn.chat(2);
  report({ chatted: all.length });
}
