import { type ChaosReport, isKept } from './run.ts';

/** Formats the accidents and the losses of a run. */
export function reportOf({
  seed,
  workers,
  happened,
  restarts,
  seen,
  verdict,
  root,
}: ChaosReport): string {
  const count = (target: string, ...whats: string[]) =>
    happened.filter((one) => one.target === target && whats.includes(one.what)).length;
  const rows = [
    ['seed', seed],
    ['workers at once', workers],
    ['workers', seen.players.length],
    ['workers in a standby process', verdict.standby],
    ['turns', verdict.turns],
    ['turns delivered', seen.deliveries],
    ['permissions answered', seen.answers],
    ['servers killed or ended', count('server', 'kill', 'end')],
    ['servers started again', restarts],
    ['workers killed', count('worker', 'kill')],
    ['tools killed', count('tool', 'kill')],
    ['standby processes killed', count('standby', 'kill')],
    ['practice APIs killed', count('api', 'kill')],
    ['outputs emptied', count('stdout', 'empty')],
    ['readers of a FIFO', count('fifo', 'steal')],
    ['clients that died in a wait', count('client', 'die')],
    ['visits from another namespace', count('elsewhere', 'visit')],
    ['commands that tidied the project up', verdict.tidied],
    ['processes frozen', happened.filter(({ what }) => what === 'freeze').length],
    ['lost', verdict.lost.length],
    ['duplicated', verdict.duplicated.length],
    ['orphans', verdict.orphans.length],
    ['broken promises of another kind', verdict.broken.length],
  ];
  const lines = rows.map(([what, number]) => `${String(number).padStart(10)}  ${what}`);
  const { lost, duplicated, orphans, broken } = verdict;
  const violations = [...lost, ...duplicated, ...orphans, ...broken].map((one) => `! ${one}`);
  const where = isKept(verdict) ? [] : [`Everything is kept in ${root}`];
  return [...lines, ...violations, ...where].join('\n');
}
