/** Hands values out to whoever listens, and costs nothing while nobody does. */
export interface Feed<Value> {
  emit(value: Value): void;
  /** Calls back with every value from now on; returns what ends that. */
  subscribe(listener: (value: Value) => void): () => void;
  /** How many listen. */
  readonly size: number;
}

/** A feed that lets a listener go once it throws: nobody who looks can break what is looked at. */
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
