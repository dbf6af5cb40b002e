import { onTestFinished, vi } from 'vitest';

/** The parts of a browser that the page's logic needs, under the control of a test. */
export interface FakeBrowser {
  /** The addresses that the page has shown, the first one included. */
  readonly addresses: string[];
  /** The number of entries in the browser's history. */
  readonly depth: () => number;
  /** Draws a frame; returns how many callbacks waited for it. */
  frame(): number;
  /** Presses a key on the page, or in an element. */
  press(key: string, fields?: object): void;
  /** Goes to an address as a link does. */
  follow(hash: string): void;
  /** Hides the page or shows it again. */
  setHidden(isHidden: boolean): void;
  readonly document: FakeDocument;
}

class FakeDocument extends EventTarget {
  hidden = false;
  title = '';
  readonly documentElement = { style: { colorScheme: '' } };
  readonly icon = { href: '' };
  /** The search fields on the page. */
  readonly fields: { offsetParent: object | null; focus(): void }[] = [];
  querySelector() {
    return this.icon;
  }
  querySelectorAll() {
    return this.fields;
  }
}

/** An element that takes text, as the page sees it when a key is pressed in it. */
export class FakeTextArea {
  isFocused = true;
  blur(): void {
    this.isFocused = false;
  }
}

class FakeInput extends FakeTextArea {
  type = 'text';
}

/** Puts a browser at an address in the place of the globals, and forgets the page of earlier tests. */
export function setBrowser(hash = ''): FakeBrowser {
  vi.resetModules();
  onTestFinished(() => void vi.unstubAllGlobals());
  const target = new EventTarget();
  const document = new FakeDocument();
  const location = { hash };
  const entries = [hash];
  const addresses = [hash];
  const waiting: (() => void)[] = [];
  const show = (_: unknown, __: string, address: string) => {
    location.hash = address;
    addresses.push(address);
  };
  vi.stubGlobal('location', location);
  vi.stubGlobal('document', document);
  vi.stubGlobal('HTMLTextAreaElement', FakeTextArea);
  vi.stubGlobal('HTMLInputElement', FakeInput);
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => {
    waiting.push(callback);
  });
  vi.stubGlobal('history', {
    replaceState: show,
    pushState(state: unknown, unused: string, address: string) {
      entries.push(address);
      show(state, unused, address);
    },
  });
  return {
    ...{ addresses, document },
    depth: () => entries.length,
    frame() {
      const callbacks = waiting.splice(0);
      for (const callback of callbacks) callback();
      return callbacks.length;
    },
    press(key, fields = {}) {
      const event = new Event('keydown', { cancelable: true });
      const pressed = { key, ctrlKey: false, metaKey: false, altKey: false, ...fields };
      for (const [name, value] of Object.entries(pressed)) {
        Object.defineProperty(event, name, { value });
      }
      target.dispatchEvent(event);
    },
    follow(address) {
      location.hash = address;
      target.dispatchEvent(new Event('hashchange'));
    },
    setHidden(isHidden) {
      document.hidden = isHidden;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}
