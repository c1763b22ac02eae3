// Makes the first page live: figures and states as they come, and charts of what was.
"use strict";

const charts = [...document.querySelectorAll(".chart")].map((place) => ({
  place,
  names: place.dataset.figures.split(" "),
  plot: null,
}));
const spans = [...document.querySelectorAll("[data-span]")];
let span = "1h";
document.getElementById("charts").hidden = false; // Their room is kept from the start.

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(chart) {
  const strokes = [color("--accent"), color("--second"), color("--third")];
  const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: chart.place.clientWidth,
    height: chart.place.clientHeight - 30,
    scales: { y: { range: (plot, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [axis, { ...axis, size: 56 }],
    series: [
      {},
      ...chart.names.map((name, i) => ({
        label: name.replace(/_rate|_bytes/, "").replaceAll("_", " "),
        stroke: strokes[i],
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}

function draw(history) {
  for (const chart of charts) {
    const scale = Number(chart.place.dataset.scale ?? 1);
    const column = (name) => history.figures[name].map((value) => value * scale);
    const data = [history.time, ...chart.names.map(column)];
    chart.plot?.destroy();
    chart.plot = new uPlot(options(chart), data, chart.place);
  }
}

async function load() {
  const wanted = span;
  const answer = await fetch("/api/v1/statistics/history?span=" + wanted);
  if (answer.ok && wanted === span) {
    draw(await answer.json());
  }
}

function show(event) {
  const news = JSON.parse(event.data);
  for (const place of document.querySelectorAll("[data-figure]")) {
    const name = place.dataset.figure;
    place.textContent = news.now[name].toFixed(name.endsWith("_rate") ? 1 : 0);
  }
  const rows = [...document.querySelectorAll("[data-listener]")];
  for (const row of rows) {
    const isDown = news.down.includes(row.dataset.listener);
    if (isDown || row.dataset.state === "down") {
      row.dataset.state = isDown ? "down" : "up";
      row.querySelector(".state").textContent = isDown ? "does not work" : "works";
    }
  }
  const summary = document.getElementById("summary");
  const text = news.down.length === 0
    ? "All " + rows.length + " listeners work"
    : news.down.length + " of " + rows.length + " listeners do not work: " + news.down.join(", ");
  if (summary.textContent !== text && (news.down.length > 0 || rows.every((row) => row.dataset.state === "up"))) {
    summary.textContent = text;
  }
}

for (const button of spans) {
  button.addEventListener("click", () => {
    span = button.dataset.span;
    spans.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    load();
  });
}
new EventSource("/api/v1/events").addEventListener("message", show);
load();
setInterval(load, 60_000);
addEventListener("resize", () => {
  for (const chart of charts) {
    chart.plot?.setSize({ width: chart.place.clientWidth, height: chart.place.clientHeight - 30 });
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", load);
