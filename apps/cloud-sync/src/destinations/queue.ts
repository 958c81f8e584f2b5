/** First in, first out, in constant time; an array's `shift` moves all that is behind. */
export interface Queue<T> {
  push(item: T): void;
  /** Puts one before all others. */
  unshift(item: T): void;
  shift(): T | undefined;
  peek(): T | undefined;
  last(): T | undefined;
  readonly size: number;
}

/** Places before the first item that are kept, so that giving them up costs little on average. */
const GAP_MAX = 1_024;

export function createQueue<T>(): Queue<T> {
  let items: (T | undefined)[] = [];
  let head = 0;
  return {
    push: (item) => void items.push(item),
    unshift: (item) => {
      if (head === 0) items.unshift(item);
      else items[--head] = item;
    },
    shift: () => {
      if (head === items.length) return undefined;
      const item = items[head];
      items[head++] = undefined;
      if (head === items.length || (head >= GAP_MAX && head * 2 >= items.length)) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    peek: () => items[head],
    last: () => (head === items.length ? undefined : items.at(-1)),
    get size() {
      return items.length - head;
    },
  };
}
