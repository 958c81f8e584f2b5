/** The element at an index that the test knows to exist. */
export function at<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length) throw new Error(`no element ${index} in ${list.length}`);
  return list.slice(index, index + 1).reduce((_, element) => element);
}
