// Draws the demo traffic as it comes, over MQTT in the page.
"use strict";

const KEPT_SECONDS = 600;
const RECONNECT_MILLIS = 5000;
const status = document.getElementById("status");
const charts = new Map([...document.querySelectorAll("figure")].map((figure) => [figure.id, new Chart(figure)]));
const meters = { north: new Map(), south: new Map() };

function showStatus(state, words) {
  status.dataset.state = state;
  status.querySelector(".state").textContent = words;
}

function add(id, ...values) {
  const chart = charts.get(id);
  const time = Date.now() / 1000;
  if (chart.plot === null) {
    chart.show([time], values.map((value) => [value]));
  } else {
    chart.add(time, values, time - KEPT_SECONDS);
  }
}

function showLamp(id, words, level) {
  const lamp = document.getElementById(id);
  lamp.dataset.level = level;
  lamp.querySelector("strong").textContent = words;
}

function showGauge(name, value) {
  const gauge = document.querySelector(`[data-topic="${name}"]`);
  const { max, warn = Infinity, bad = Infinity, low = -Infinity } = gauge.dataset;
  gauge.querySelector("strong").textContent = value.toFixed(1);
  gauge.querySelector(".hand").style.strokeDashoffset = 100 - Math.min(100, Math.max(0, (100 * value) / max));
  gauge.dataset.level = value >= bad || value === 0 ? "bad" : value >= warn || value < low ? "warn" : "good";
}

const receivers = {
  "factory/line1/state": (text) =>
    showLamp("machine", text, { running: "good", worn: "warn", failed: "bad" }[text] ?? "warn"),
  "grid/load": (text) => add("load", Number(text)),
  "time": (text) => showLamp("clock", text.slice(11, 19), "good"),
};
for (const name of ["temperature", "pressure", "vibration"]) {
  receivers["factory/line1/" + name] = (text) => {
    showGauge(name, Number(text));
    add(name, Number(text));
  };
}
for (const [district, latest] of Object.entries(meters)) {
  receivers[`grid/${district}/outage`] = (text) =>
    showLamp(district, text === "true" ? "no power" : "power is on", text === "true" ? "bad" : "good");
  for (let i = 1; i <= 6; i++) {
    receivers[`grid/${district}/meter-${i}`] = (text) => {
      latest.set(i, JSON.parse(text).w);
      if (i === 6 && latest.size === 6) {
        add(district + "-meters", ...[1, 2, 3, 4, 5, 6].map((meter) => latest.get(meter)));
      }
    };
  }
}

if (status.dataset.url === undefined) {
  showStatus("down", "No listener for WebSocket is open that this page may use");
} else {
  const client = mqtt.connect(status.dataset.url, {
    protocolVersion: 5,
    reconnectPeriod: RECONNECT_MILLIS,
    timerVariant: "native",
  });
  client.on("connect", () => {
    showStatus("up", "live, over " + status.dataset.url);
    client.subscribe("demo/#");
  });
  client.on("close", () => showStatus("unknown", "not connected; this page tries again"));
  client.on("error", () => {});
  client.on("message", (topic, payload) => receivers[topic.replace(/^demo\//, "")]?.(payload.toString()));
}
