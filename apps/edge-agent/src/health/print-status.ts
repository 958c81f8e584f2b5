import type { AgentStatus } from "./status.ts";

/** The few lines that a person in a shop needs. */
export function printStatus(status: AgentStatus): string {
  const { captured } = status;
  const gross = Object.entries(captured.grossByCurrency).map(([currency, text]) => `${text} ${currency}`);
  const lines = [
    `Terminal   ${status.terminalId ?? "not enrolled"}${status.storeId === null ? "" : `, store ${status.storeId}`}; agent ${status.running ? "running" : "not running"}`,
    `Journal    epoch ${status.epoch}, ${status.journal.seq} entries`,
    `Captured   ${captured.transactions} transactions (${captured.revisions} revisions); sales ${gross.join(", ") || "none"}`,
    ...status.upstreams.map(
      (upstream) =>
        `Upstream   ${upstream.name}: ${upstream.state}, ${upstream.pending} waiting${upstream.oldestPendingAgeMs === null ? "" : `, oldest for ${duration(upstream.oldestPendingAgeMs)}`}`,
    ),
    `Reference  ${status.reference.state}${referenceLine(status.reference)}`,
    `Set aside  ${status.setAside} need attention (${status.setAsideByCloud} by the cloud); ${status.notSales} rows are no sale`,
    ...status.sources.map(
      (source) => `Source     ${source.name}: ${source.state}, ${source.files} files, ${source.open} open, ${source.failed} failed`,
    ),
  ];
  if (status.intake !== null)
    lines.push(
      `Intake     ${status.intake.host}:${status.intake.port} ${status.intake.state}${status.intake.code === undefined ? `, ${status.intake.connections} connections` : ` [${status.intake.code}]`}`,
    );
  const { quotas } = status;
  if (quotas.reserved > 0)
    lines.push(`Reserved   ${quotas.reserved} redemptions are not settled, the oldest for ${duration(quotas.oldestReservedAgeMs ?? 0)}`);
  if (status.disk.state === "full") lines.push("DISK FULL  sales are not accepted until space is freed");
  if (status.copiedAtMs !== null)
    lines.push(`Copied     this folder was copied or restored (${new Date(status.copiedAtMs).toISOString()})`);
  return lines.join("\n");
}

function referenceLine({ collections, lastError }: AgentStatus["reference"]): string {
  const counts = collections.filter(({ documents }) => documents > 0).map(({ name, documents }) => `${documents} ${name}`);
  return `${counts.length === 0 ? "" : `: ${counts.join(", ")}`}${lastError === null ? "" : `; last error ${lastError.code}`}`;
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
