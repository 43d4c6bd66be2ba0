// Draws each chart of a page from the Vega-Lite specification that lies beside it, without eval and without a request.
import { Error as Errors, View, logger, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

const WIDEST = 720; // CSS pixels: wider charts are no easier to read
const LEAST = 440; // below it words inside a chart would run into each other; the chart then scrolls in its own region
const LEAST_PLOT = 180; // of the plane beside words of rows
const ROW_NUMBER = 50;

const NUMBERS = {
  fr: { decimal: ",", thousands: "\u202f", grouping: [3], currency: ["", "\u00a0€"], percent: "\u202f%", minus: "-" },
  en: { decimal: ".", thousands: ",", grouping: [3], currency: ["£", ""], percent: "%", minus: "-" },
};

const nothingLoaded = {
  load: () => Promise.reject(new Error("a chart has all its data with it")),
  sanitize: () => Promise.reject(new Error("a chart links nowhere")),
};

// Specification as wide as there is room.
function fitted(spec, room) {
  if (spec.facet) {
    const inner = { ...spec.spec, width: Math.max(LEAST_PLOT, room - besidePlot(spec.spec)) };
    return { ...spec, spec: inner };
  }
  // Words beside rows need what they need, and so do numbers at the ends of bars: the plane gets the rest.
  if (rowWords(spec)) return { ...spec, width: Math.max(LEAST_PLOT, room - besidePlot(spec) - ROW_NUMBER) };
  return { ...spec, width: room, autosize: { type: "fit-x", contains: "padding" } };
}

// Room that the words of rows ask for; 0 for a chart without any.
function rowWords(panel) {
  return Math.max(...(panel.layer ?? [panel]).map((layer) => layer.encoding?.y?.axis?.minExtent ?? 0));
}

// Room of what is left of the plane, and of the ends of the lower axis.
function besidePlot(panel) {
  return Math.max(rowWords(panel), 40) + 40;
}

async function draw(place) {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  const least = Number(place.dataset.least ?? LEAST);
  const room = Math.min(WIDEST, Math.max(least, place.parentElement.clientWidth));
  const { spec: drawn } = compile(fitted(spec, room), { logger: logger(Errors) });
  const language = document.documentElement.lang === "fr" ? "fr" : "en";
  place.view?.finalize();
  place.view = new View(parse(drawn, null, { ast: true }), {
    container: place,
    expr: expressionInterpreter,
    hover: false,
    loader: nothingLoaded,
    locale: { number: NUMBERS[language] },
    logLevel: Errors,
    renderer: "svg",
  });
  await place.view.runAsync();
  // Whoever does not see it gets the text alternative of its place and the table beside it, not a mark at a time.
  place.querySelector("svg").setAttribute("aria-hidden", "true");
  place.dataset.drawn = String(room);
}

const places = document.querySelectorAll("[data-spec]");

function drawAll() {
  for (const place of places) draw(place).catch((error) => console.error(`${place.dataset.spec}: ${error.message}`));
}

let waiting;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 150);
});
drawAll();
