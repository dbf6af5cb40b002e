import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const folder = 'dist/web';
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const paths = entries
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

it('the page is at most 40 KB, compressed', async () => {
  expect(paths.length).toBeGreaterThan(2);
  const files = await Promise.all(paths.map((path) => readFile(path)));
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
  expect(bytes).toBeLessThanOrEqual(40 * 1024);
});

it('the page has nothing inline, evaluates nothing and loads nothing from elsewhere', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/i);
  expect(html.match(/\b(?:src|href)="(?!\.\/|data:)/g)).toBeNull();
  const code = await textOf('.js');
  expect(code.length).toBeGreaterThan(1_000);
  expect(code.match(/\beval\(|new Function\(/g)).toBeNull();
  expect((await textOf('.css')).match(/@import|url\((?!["']?data:)/g)).toBeNull();
});

it('the page names no folder of the machine that built it', async () => {
  const texts = (await textOf('.js')) + (await textOf('.html'));
  expect(texts.includes(process.cwd())).toBe(false);
});

async function textOf(ending: string): Promise<string> {
  const named = paths.filter((path) => path.endsWith(ending));
  return (await Promise.all(named.map((path) => readFile(path, 'utf8')))).join('\n');
}
