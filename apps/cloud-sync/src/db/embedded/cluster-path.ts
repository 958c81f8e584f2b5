import { platform } from "node:os";

/**
 * How the server's programs, started with the cluster as their working folder, are told where it is. On Linux by that
 * working folder itself: the server's own user then needs no right to walk there, so that a data folder inside a closed
 * one (a home, a temporary folder) works when we are root.
 */
export const clusterPath = (cluster: string): string => (platform() === "linux" ? "/proc/self/cwd" : cluster);
