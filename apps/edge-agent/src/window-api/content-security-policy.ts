/**
 * What the window's page may load and run, in Electron and in a browser alike: its own files and nothing else. No inline
 * script or style, no eval, no frame, no form, no other origin. Text that reaches the page as markup is stopped by Trusted
 * Types: there is no policy by which a text could become markup or script, and none can be made.
 *
 * React sets styles through the object model, which `style-src` does not restrict; `data:` is for small pictures of the
 * bundle. It is sent as a header: `frame-ancestors` counts in none of the page's own.
 */
const DIRECTIVES = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "font-src": "'self'",
  "connect-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
} as const;

/** Value of the header `Content-Security-Policy` with which every answer of the window's origin is given. */
export const CONTENT_SECURITY_POLICY: string = Object.entries(DIRECTIVES)
  .map(([name, value]) => `${name} ${value}`)
  .join("; ");
