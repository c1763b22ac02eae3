// Makes the first page live: figures and states as they come, and charts of what was.
"use strict";

const HOUR_SECONDS = 3600;
const charts = [...document.querySelectorAll("figure")].map((figure) => new Chart(figure));
const rows = [...document.querySelectorAll("[data-listener]")];
const spans = [...document.querySelectorAll("[data-span]")];
const summary = document.getElementById("summary");
let span = "1h";

async function load() {
  const wanted = span;
  const answer = await fetch("/api/v1/statistics/history?span=" + wanted);
  if (answer.ok && wanted === span) {
    const history = await answer.json();
    for (const chart of charts) {
      chart.show(history.time, chart.names.map((name) => history.figures[name]));
    }
  }
}

function showFigures(time, now) {
  for (const place of document.querySelectorAll(".figures dd")) {
    place.textContent = quantityText(now[place.dataset.figure], place.parentElement.dataset.quantity);
  }
  for (const chart of charts) {
    const values = chart.names.map((name) => now[name]);
    if (span === "1h" && chart.plot !== null) {
      chart.add(time, values, time - HOUR_SECONDS);
    } else {
      chart.terms.forEach((term, i) => (term.textContent = quantityText(values[i], chart.quantity)));
    }
  }
}

function showState(row, isUp) {
  const state = isUp ? "up" : "down";
  if (row.dataset.state !== state) {
    row.dataset.state = state;
    row.querySelector(".state").textContent = isUp ? "works" : "does not work";
  }
}

function showSummary(down) {
  const isKnown = rows.every((row) => row.dataset.state !== "unknown");
  const text = down.length > 0
    ? `${down.length} of ${rows.length} listeners do not work: ${down.join(", ")}`
    : `${rows.length} listeners${isKnown ? ", and all of them work" : " are open"}`;
  summary.dataset.state = down.length > 0 ? "down" : isKnown ? "up" : "unknown";
  const place = summary.querySelector(".state");
  if (place.textContent !== text) { // Else a screen reader would say it again and again.
    place.textContent = text;
  }
}

// Asks for what nobody had looked at when the page was made.
async function fillIn() {
  const answer = await fetch("/api/v1/status");
  if (answer.ok) {
    for (const listener of (await answer.json()).listeners) {
      const row = rows.find((one) => one.dataset.listener === listener.name);
      if (row !== undefined && listener.up !== null) {
        showState(row, listener.up);
      }
    }
  }
}

async function show(event) {
  const news = JSON.parse(event.data);
  showFigures(news.time, news.now);
  if (rows.some((row) => row.dataset.state === "unknown")) {
    await fillIn();
  }
  for (const row of rows.filter((one) => one.dataset.state !== "unknown")) {
    showState(row, !news.down.includes(row.dataset.listener));
  }
  showSummary(news.down);
}

// Listens to the server, and tries again less and less often when it is gone. That an answer ends
// after an event is as it should be: the browser asks for the next by itself.
function follow(waitMillis) {
  const source = new EventSource("/api/v1/events");
  let hasNews = false;
  source.addEventListener("message", (event) => {
    if (waitMillis > 1000) {
      load(); // Something was missed.
    }
    hasNews = true;
    waitMillis = 1000;
    show(event);
  });
  source.addEventListener("error", () => {
    if (hasNews && source.readyState !== EventSource.CLOSED) {
      hasNews = false;
      return;
    }
    source.close();
    summary.dataset.state = "unknown";
    summary.querySelector(".state").textContent = "The server does not answer; this page tries again";
    setTimeout(() => follow(Math.min(waitMillis * 2, 30_000)), waitMillis);
  });
}

// Opens below a row how to connect, and closes it again.
async function toggle(button) {
  const row = button.closest("tr");
  const isOpen = button.getAttribute("aria-expanded") === "true";
  if (!isOpen && row.nextElementSibling?.className !== "tools") {
    button.disabled = true;
    const answer = await fetch(button.dataset.page).catch(() => null);
    button.disabled = false;
    if (!answer?.ok) {
      return; // It may be asked again.
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const tools = document.createElement("tr");
    tools.className = "tools";
    const cell = tools.insertCell();
    cell.colSpan = row.cells.length;
    cell.append(page.querySelector(".lead"), ...page.getElementById("tools").children);
    addCopyButtons(cell);
    row.after(tools);
  }
  row.nextElementSibling.hidden = isOpen;
  button.setAttribute("aria-expanded", String(!isOpen));
}

for (const link of document.querySelectorAll(".how a")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = link.textContent;
  button.dataset.page = link.href;
  button.setAttribute("aria-label", link.getAttribute("aria-label"));
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => toggle(button));
  link.replaceWith(button);
}
for (const button of spans) {
  button.addEventListener("click", () => {
    span = button.dataset.span;
    spans.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    load();
  });
}
load();
setInterval(() => document.hidden || load(), 300_000);
follow(1000);
