/** Commits before the clock starts: code compiled, statements prepared, files allocated. The same for all contestants. */
export const WARM_UP = 200;
