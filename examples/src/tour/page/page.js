/* The live page of the tour: asks for the view twice a second and shows it. All text goes in as text, never as markup. */
const REFRESH_MS = 500;
const TONES = { starting: "", selling: "", cut: "bad", catchingUp: "wait", done: "good", failed: "bad" };

const byId = (id) => document.getElementById(id);

/** An element with text or children. */
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className !== "") node.className = className;
  node.append(...content.filter((part) => part !== undefined).map((part) => (part instanceof Node ? part : String(part))));
  return node;
}

const byName = (a, b) => (a < b ? -1 : 1);
const money = (gross) =>
  Object.entries(gross)
    .toSorted(([a], [b]) => byName(a, b))
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join("  ·  ") || "–";
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function card({ title, aside, about, big, unit, lines }) {
  return make(
    "div",
    "card",
    make("h3", "", make("span", "", title), aside),
    about === undefined ? undefined : make("p", "about", about),
    make("p", "big", big, " ", make("small", "", unit)),
    ...lines,
  );
}

function tillCard(till) {
  const { agent } = till;
  const waiting = agent?.waiting ?? 0;
  const missed = agent === undefined ? 0 : till.sold.records - agent.records;
  return card({
    title: till.name,
    aside: make("em", "", till.about),
    big: till.sold.sales,
    unit: "sales rung up",
    lines: [
      make("p", "", money(till.sold.gross)),
      agent === undefined
        ? make("p", "fine", "agent is starting")
        : make(
            "p",
            waiting > 0 ? "fine wait" : "fine",
            waiting > 0
              ? `${plural(waiting, "record")} waiting on this till`
              : missed > 0
                ? `agent has ${agent.records} of ${till.sold.records} records`
                : `all ${agent.records} records on disk and sent`,
          ),
      pricesLine(agent),
    ],
  });
}

/** Links stay the same elements: whoever is about to follow one does not lose it to a refresh. */
function linkWindows(tills) {
  const links = byId("windows");
  for (const { name } of tills.slice(links.childElementCount)) {
    const link = make("a", "", `Open the window of ${name}`);
    link.href = `window/${name.replace(/\D/g, "")}`;
    link.target = "_blank";
    link.rel = "noopener";
    links.append(make("li", "", link));
  }
}

function pricesLine(agent) {
  if (agent === undefined || agent.prices.count === 0) return undefined;
  const { count, asOf } = agent.prices;
  return make("p", "fine", `prices: ${count}${asOf === null ? "" : `, as of ${clock(asOf)}`}`);
}

function cloudCard(cloud) {
  if (cloud === undefined) return card({ title: "Cloud", big: "–", unit: "", lines: [make("p", "fine", "starting")] });
  const open = cloud.destinations.reduce((sum, destination) => sum + destination.open, 0);
  return card({
    title: "Cloud",
    aside: make("em", "", "PostgreSQL"),
    big: cloud.records,
    unit: "records",
    lines: [
      make("p", "", money(cloud.gross)),
      make(
        "p",
        cloud.setAside > 0 ? "fine bad" : "fine",
        cloud.setAside > 0 ? `${cloud.setAside} set aside` : open > 0 ? `${open} still to deliver` : "nothing left to deliver",
      ),
    ],
  });
}

const NAMES = { erp: "ERP", oms: "OMS", loyalty: "Loyalty" };

const receiverCard = (receiver) =>
  card({
    title: NAMES[receiver.kind] ?? receiver.kind,
    aside: make("em", "", receiver.faults > 0 ? `failed ${plural(receiver.faults, "time")} on purpose` : ""),
    big: receiver.count,
    unit: "sales booked",
    lines: [
      make("p", "", money(receiver.gross)),
      make("p", "fine", receiver.duplicatesRefused > 0 ? `${plural(receiver.duplicatesRefused, "double")} refused` : "no doubles seen"),
    ],
  });

function svg(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** First and last point of each time that the line was cut. */
function stretches(history) {
  const found = [];
  for (const [index, point] of history.entries()) {
    if (!point.cut) continue;
    const to = history[index + 1] ?? point;
    if (history[index - 1]?.cut === true) found.at(-1)[1] = to;
    else found.push([point, to]);
  }
  return found;
}

const CHART = { width: 600, height: 90, pad: 6 };

function chart(history) {
  const { width, height, pad } = CHART;
  const first = history[0]?.at ?? 0;
  const span = Math.max(1, (history.at(-1)?.at ?? 1) - first);
  const top = Math.max(10, ...history.map((point) => point.waiting));
  const x = (point) => (((point.at - first) / span) * width).toFixed(1);
  const y = (point) => (height - pad - (point.waiting / top) * (height - 2 * pad)).toFixed(1);
  const cuts = stretches(history).map(([from, to]) =>
    svg("rect", { class: "cut", x: x(from), y: 0, width: Math.max(1, x(to) - x(from)), height }),
  );
  const points = history.map((point) => `${x(point)},${y(point)}`).join(" ");
  const base = svg("line", { class: "base", x1: 0, x2: width, y1: height - pad, y2: height - pad });
  if (history.length < 2) return [base];
  const area = svg("polygon", { class: "area", points: `0,${height - pad} ${points} ${width},${height - pad}` });
  return [...cuts, base, area, svg("polyline", { class: "trace", points })];
}

function table(rows) {
  const currencies = [...new Set(rows.flatMap((row) => Object.keys(row.gross)))].toSorted(byName);
  const head = ["", "records", "sales", ...currencies, ""].map((name) => make("th", "", name));
  const body = rows.map((row) => {
    const cells = [row.records ?? "", row.sales ?? "", ...currencies.map((currency) => row.gross[currency] ?? "")];
    const mark = row.who === "Tills" ? "" : make("span", row.agrees ? "mark good" : "mark wait", row.agrees ? "✓ agrees" : "not yet");
    return make("tr", "", make("th", "", row.who), ...cells.map((cell) => make("td", "", cell)), make("td", "fine", mark, row.note));
  });
  return [make("thead", "", make("tr", "", ...head)), make("tbody", "", ...body)];
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour12: false });

function show(view) {
  const headline = byId("headline");
  headline.textContent = view.headline;
  headline.dataset.tone = TONES[view.phase] ?? "";
  byId("tills").replaceChildren(...view.tills.map(tillCard));
  linkWindows(view.tills.filter(({ agent }) => agent !== undefined));
  byId("cloud").replaceChildren(cloudCard(view.cloud));
  byId("receivers").replaceChildren(...view.receivers.map(receiverCard));
  byId("line").dataset.cut = String(view.line.cut);
  byId("line-name").textContent = view.line.cut ? "cut" : "internet";
  byId("chart").replaceChildren(...chart(view.history));
  const waiting = view.history.at(-1)?.waiting ?? 0;
  const most = Math.max(0, ...view.history.map((point) => point.waiting));
  byId("chart-now").textContent =
    `now ${waiting}, at most ${most}${view.history.some((point) => point.cut) ? "; red: the line was cut" : ""}`;
  byId("table").replaceChildren(...table(view.table));
  byId("log").replaceChildren(...view.log.toReversed().map((entry) => make("li", "", make("time", "", clock(entry.at)), entry.text)));
}

async function follow() {
  try {
    const response = await fetch("view", { cache: "no-store" });
    if (!response.ok) throw new Error(response.statusText);
    show(await response.json());
  } catch {
    byId("headline").textContent = "The tour has ended, or this page lost it.";
    byId("headline").dataset.tone = "";
  }
  setTimeout(follow, REFRESH_MS);
}
await follow();
