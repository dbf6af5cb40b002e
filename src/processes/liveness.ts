import { hasReader } from '../files/fifo.ts';
import { isGivenUp } from './given-up.ts';
import { isAlive } from './identity.ts';
import { distanceOf, type Identity, ownPlace, seesOwnProcesses } from './place.ts';

/** What can be said of a process from here. `unknown` is no reason to end, adopt or replace anything. */
export type Liveness = 'alive' | 'gone' | 'unknown';

/** What tells of a process that is not in our list of processes. */
export interface Signs {
  /** The FIFO that only this process holds open. It tells also across namespaces of one kernel. */
  stdin?: string;
  /** The file that names the processes of this worker that a person has given up. */
  givenUp: string;
}

/** Returns whether a server or a `claude` lives, as far as that can be seen from here. */
export async function livenessOf(process_: Identity, signs?: Signs): Promise<Liveness> {
  const distance = distanceOf(await ownPlace(), process_);
  if (distance === 'ended') return 'gone';
  if (distance === 'here' && (await seesOwnProcesses())) {
    return (await isAlive(process_)) ? 'alive' : 'gone';
  }
  if (!signs) return 'unknown';
  const canAsk = distance !== 'elsewhere' && signs.stdin !== undefined;
  const isOpen = canAsk ? await hasReader(signs.stdin ?? '') : undefined;
  if (isOpen !== undefined) return isOpen ? 'alive' : 'gone';
  return (await isGivenUp(signs.givenUp, process_)) ? 'gone' : 'unknown';
}

/** True while a pid of this process means the same process here. */
export async function isHere(process_: Identity): Promise<boolean> {
  return distanceOf(await ownPlace(), process_) === 'here';
}
