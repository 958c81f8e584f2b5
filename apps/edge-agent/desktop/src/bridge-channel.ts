/** The one channel between the window's page and this program: a method of WINDOW_METHODS and its request in, a `BridgeAnswer` out. */
export const ASK_CHANNEL = "tillsync:ask";
