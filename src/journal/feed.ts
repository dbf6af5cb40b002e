/** Sends values to its listeners. */
export interface Feed<Value> {
  emit(value: Value): void;
  /** Calls `listener` with every later value; returns a function that unsubscribes. */
  subscribe(listener: (value: Value) => void): () => void;
  /** The number of listeners. */
  readonly size: number;
}

/** Creates a feed. It removes a listener that throws, so that no listener can break the sender. */
export function createFeed<Value>(onBroken: (error: unknown) => void): Feed<Value> {
  const listeners = new Set<{ listen(value: Value): void }>();
  return {
    emit(value) {
      for (const listener of listeners) {
        try {
          listener.listen(value);
        } catch (error) {
          listeners.delete(listener);
          onBroken(error);
        }
      }
    },
    subscribe(listen) {
      const listener = { listen };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get size() {
      return listeners.size;
    },
  };
}
