/** What the agent is called wherever a system lists its services. */
export const SERVICE_NAME = "tillsync-agent";
/** The user that the service runs as: it owns the data folder and nothing else. */
export const SERVICE_USER = "tillsync";
/** Who may open the window of this machine: members get through the staff's door, and no further. */
export const STAFF_GROUP = "tillsync-staff";

/** One installed service. All paths are absolute. */
export interface ServiceSpec {
  /** The Node.js that the package brings, and the program that it runs. */
  readonly node: string;
  readonly entry: string;
  readonly data: string;
  /** Whom the service runs as; null: the person who installs it, for a service of that person alone. */
  readonly runAs: { readonly user: string; readonly staffGroup: string } | null;
}

/** What a service's user needs beyond its own folder to read what a POS writes. */
export interface SourceAccess {
  /** Groups whose rights the service gets. */
  readonly groups: readonly string[];
  /** Whether a folder below /home is to be read. */
  readonly home: boolean;
}
