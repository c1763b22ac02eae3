// Charts of a few curves over time. A chart is a figure of the page: its list of terms is the legend,
// and has the latest values, or those under the pointer.
"use strict";

const QUANTITIES = {
  count: { unit: "", scale: 1 },
  rate: { unit: "", scale: 1 },
  bytes: { unit: "B", scale: 1 },
  percent: { unit: "%", scale: 100 },
};

// No axis is shorter.
const SECONDS_MIN = 60;

// A figure for people: `12.3 k`, `4.56 MB`, `7 %`.
function quantityText(value, quantity) {
  const { unit, scale } = QUANTITIES[quantity];
  let left = value * scale;
  let prefix = "";
  for (const larger of "kMGT") {
    if (left < 999.5) {
      break;
    }
    left /= 1000;
    prefix = larger;
  }
  const isWhole = Number.isInteger(left) && prefix === "";
  const digits = isWhole || left >= 99.95 ? 0 : left >= 9.995 || prefix === "" ? 1 : 2;
  const suffix = prefix + unit;
  return left.toFixed(digits) + (suffix === "" ? "" : "\u00a0" + suffix);
}

function colorOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

// The times along an axis, as the clock here shows them; days where there are many.
function timeTexts(plot, splits) {
  const [first, last] = plot.data[0].length === 0 ? [0, 0] : [plot.data[0][0], plot.data[0].at(-1)];
  const isLong = last - first > 172_800;
  const isShort = last - first < 300;
  return splits.map((seconds) => {
    const time = new Date(seconds * 1000);
    return isLong
      ? `${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`
      : `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}${isShort ? ":" + twoDigits(time.getSeconds()) : ""}`;
  });
}

class Chart {
  constructor(figure) {
    this.place = figure.querySelector(".chart");
    this.quantity = figure.dataset.quantity;
    this.terms = [...figure.querySelectorAll("dd")];
    this.names = this.terms.map((term) => term.dataset.figure);
    this.data = [[], ...this.names.map(() => [])];
    this.plot = null;
    new ResizeObserver(() => this.resize()).observe(this.place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // Shows other times and values: a column for each curve.
  show(times, columns) {
    this.data = [[...times], ...columns.map((column) => [...column])];
    this.draw();
  }

  // Adds the values of a moment, and forgets what was before another.
  add(time, values, oldest) {
    const [times] = this.data;
    times.push(time);
    values.forEach((value, i) => this.data[i + 1].push(value));
    while (times.length > 2 && times[0] < oldest) {
      this.data.forEach((column) => column.shift());
    }
    this.plot?.setData(this.data);
    this.tell();
  }

  // Tells the values at a place in the columns, or else the latest.
  tell(index) {
    const at = index ?? this.data[0].length - 1;
    this.terms.forEach((term, i) => {
      const value = this.data[i + 1][at];
      if (value !== undefined && value !== null) {
        term.textContent = quantityText(value, this.quantity);
      }
    });
  }

  draw() {
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), this.data, this.place);
    this.tell();
  }

  resize() {
    this.plot?.setSize({ width: this.place.clientWidth, height: this.place.clientHeight });
  }

  options() {
    const axis = {
      stroke: colorOf("--soft"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: colorOf("--line"), width: 1 },
      ticks: { show: false },
    };
    const values = (plot, splits) =>
      splits.map((split) => quantityText(split, this.quantity).replace(/\.0+(?=\D|$)/, ""));
    return {
      width: this.place.clientWidth,
      height: this.place.clientHeight,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: "time" } },
      scales: {
        x: { range: (plot, first, last) => [Math.min(first, last - SECONDS_MIN), last] },
        y: { range: (plot, low, high) => [0, high > 0 ? high * 1.1 : 1] },
      },
      axes: [
        { ...axis, size: 26, space: 60, gap: 6, values: timeTexts },
        { ...axis, size: 58, space: 34, values },
      ],
      series: [
        {},
        ...this.names.map((name, i) => ({
          stroke: colorOf(`--curve-${i + 1}`),
          fill: this.names.length === 1 ? colorOf("--curve-1") + "22" : undefined,
          width: 1.5,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [(plot) => this.tell(plot.cursor.idx)] },
    };
  }
}
