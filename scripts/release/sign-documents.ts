import type { KeyObject } from "node:crypto";
import { RELEASE_TYPE, ROOT_TYPE } from "../../apps/edge-agent/src/updates/trust/envelope.ts";
import { releaseSchema, type Release } from "../../apps/edge-agent/src/updates/trust/release.ts";
import { rootSchema, type Root } from "../../apps/edge-agent/src/updates/trust/root.ts";
import { signEnvelope } from "../../apps/edge-agent/src/updates/trust/sign-envelope.ts";

/** The signed text of a release. What no terminal would take is not signed. */
export const signRelease = (release: Release, keys: readonly KeyObject[]): string =>
  text(signEnvelope(RELEASE_TYPE, bytesOf(releaseSchema.parse(release)), keys));

/** The signed text of a root: the keys are enough of the root before, and enough of its own. */
export const signRoot = (root: Root, keys: readonly KeyObject[]): string =>
  text(signEnvelope(ROOT_TYPE, bytesOf(rootSchema.parse(root)), keys));

const bytesOf = (document: object): Uint8Array => Buffer.from(JSON.stringify(document));
const text = (envelope: object): string => `${JSON.stringify(envelope)}\n`;
