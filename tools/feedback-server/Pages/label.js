// Labelling: up to three images of one prompt, each good, bad or skip.
import { h, signedIn } from "/app.js";
import { Work } from "/work.js";

const Words = { good: "Good", bad: "Bad", skip: "Skip" }, Signs = { good: "✓", bad: "✗", skip: "–" }, Keys = { g: "good", b: "bad", s: "skip" };

const session = await signedIn("label");
let labels = [], chosen = 0, cards = [];

const work = session && new Work("/api/label", session, {
  show,
  press,
  urls: query => query.images,
  answered: () => labels.includes(null) ? null : { labels },
  done: ["All done", "There is no image left for you. Thank you! This page looks for new ones by itself."],
});

function show(main, query, before) {
  labels = before ?? query.images.map(() => null);
  cards = query.images.map(card);
  main.replaceChildren(
    h("div", { class: "prompt" }, h("p", { class: "ask" }, "Does each picture show this?"), h("h1", { id: "prompt", dir: "auto" }, query.prompt)),
    h("div", { class: "cards", "data-count": query.images.length, role: "group", "aria-labelledby": "prompt" }, ...cards));
  choose(0);
  cards.forEach((_, i) => mark(i));
}

function card(url, i) {
  const buttons = Object.entries(Words).map(([label, word]) => h(
    "button", { type: "button", value: label, "aria-pressed": "false", onclick: () => { choose(i); set(label, false); } },
    word, h("kbd", {}, word[0])));
  return h("section", { class: "card", "aria-label": `Picture ${i + 1}`, onclick: () => choose(i) },
    h("div", { class: "picture" }, h("img", { src: url, alt: `Picture ${i + 1}`, draggable: "false" }), h("kbd", { class: "number" }, i + 1),
      h("span", { class: "verdict", hidden: true, "aria-hidden": "true" })),
    h("div", { class: "choices", role: "group", "aria-label": `Label of picture ${i + 1}` }, ...buttons));
}

function choose(i) {
  chosen = Math.max(0, Math.min(cards.length - 1, i));
  cards.forEach((c, n) => c.classList.toggle("chosen", n === chosen));
}

/** Labels the chosen picture; the keyboard goes on to the next that has none. */
function set(label, advance) {
  labels[chosen] = label;
  mark(chosen);
  if (advance) {
    const after = labels.findIndex((l, i) => l === null && i > chosen), any = labels.indexOf(null);
    if (after >= 0 || any >= 0) choose(after >= 0 ? after : any);
  }
}

function mark(i) {
  const label = labels[i], verdict = cards[i].querySelector(".verdict");
  if (label) cards[i].dataset.label = label;
  verdict.hidden = !label;
  verdict.textContent = label ? Signs[label] : "";
  for (const button of cards[i].querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === label));
  work.mark();
}

/** Takes a key; false where it means nothing. */
function press(key) {
  if (key >= "1" && key <= String(cards.length)) choose(Number(key) - 1);
  else if (key in Keys) set(Keys[key], true);
  else if (key === "arrowright") choose(chosen + 1);
  else if (key === "arrowleft") choose(chosen - 1);
  else return false;
  return true;
}

await work?.start();
