/**
 * For a control of what finds escapes: the stand-in then acts as if the program had said nothing of permissions, requests,
 * navigation, windows and downloads, and loses the headers of its answers.
 */
export const IS_NEGLECTFUL = process.env["TILLSYNC_STAND_IN_NEGLECTS"] === "1";
