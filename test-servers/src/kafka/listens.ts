import { connect } from "node:net";

/** Whether somebody takes connections there: a broker listens to clients once it has joined the cluster. */
export const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
