/** The name of the key in the browser's storage, which belongs to the port and not to the address. */
const name = 'awm-key';

/**
 * Keeps the key that came with a sign-in URL, for all tabs and windows of this browser, and loads the
 * page again without that URL. Returns false if the page came without a key.
 */
export function takeKey(): boolean {
  const key = document.querySelector<HTMLMetaElement>('meta[name="key"]')?.content;
  if (!key) return false;
  try {
    localStorage.setItem(name, key);
  } catch {
    // A browser that keeps nothing for this site; the server's refusal says the rest.
    return false;
  }
  location.replace(location.pathname);
  return true;
}

/** Returns the header that every request of a signed-in page has. */
export function keyHeader(): Record<string, string> {
  return { authorization: `Bearer ${storedKey()}` };
}

function storedKey(): string {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}
