import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders and variables around the workers of a stage. */
export interface Surroundings {
  /** The folder that contains the project and the home. */
  outside: string;
  project: string;
  home: string;
  /** More variables of the environment of its servers. */
  variables: Record<string, string>;
}

/** Makes an empty home and an empty project. */
export async function makeEmptyHome(root: string): Promise<Surroundings> {
  const project = await mkdtemp(join(root, 'project-'));
  const home = await mkdtemp(join(root, 'home-'));
  return { outside: root, project, home, variables: {} };
}
