// Human evaluation: two sets of images for one prompt, two questions.
import { h, signedIn } from "/app.js";
import { Work } from "/work.js";

const Questions = [
  ["alignment", "Which side shows better what the text says?"],
  ["fidelity", "Which side has the better pictures, whatever the text?"],
];
const Answers = [["first", "Left", "←"], ["tie", "Same", "↓"], ["second", "Right", "→"]];
const Keys = { arrowleft: "first", arrowdown: "tie", arrowright: "second" };

const session = await signedIn("compare");
let votes = {}, chosen = 0, rows = [];

const work = session && new Work("/api/compare", session, {
  show,
  press,
  urls: query => [...query.left, ...query.right],
  answered: () => Questions.every(([name]) => votes[name]) ? votes : null,
  done: ["All done", "There is nothing left for you to compare. Thank you! This page looks for new work by itself."],
});

function show(main, query) {
  votes = {};
  rows = Questions.map(([name, text], i) => h("div", { class: "question", role: "group", "aria-label": text },
    h("span", {}, text),
    h("div", { class: "answers" }, ...Answers.map(([answer, word, key]) => h(
      "button", { type: "button", value: answer, "aria-pressed": "false", onclick: () => { choose(i); set(answer, false); } },
      word, h("kbd", {}, key))))));
  main.replaceChildren(
    h("div", { class: "prompt" }, h("p", { class: "ask" }, "Two sets of pictures for"), h("h1", { id: "prompt", dir: "auto" }, query.prompt)),
    h("div", { class: "sides" }, side("Left", query.left), side("Right", query.right)),
    h("div", { class: "questions" }, ...rows));
  choose(0);
  mark();
}

function side(title, images) {
  return h("section", { class: "side", "aria-label": `${title} set` }, h("h2", {}, title),
    h("div", { class: "set", "data-count": images.length }, ...images.map((url, i) => h("img", { src: url, alt: `${title} picture ${i + 1}` }))));
}

function choose(i) {
  chosen = Math.max(0, Math.min(rows.length - 1, i));
  rows.forEach((row, n) => row.classList.toggle("chosen", n === chosen));
}

function set(answer, advance) {
  votes[Questions[chosen][0]] = answer;
  mark();
  if (advance && chosen + 1 < rows.length) choose(chosen + 1);
}

function mark() {
  rows.forEach((row, i) => row.querySelectorAll("button").forEach(b => b.setAttribute("aria-pressed", String(b.value === votes[Questions[i][0]]))));
  work.mark();
}

/** Takes a key; false where it means nothing. */
function press(key) {
  if (key === "1" || key === "2") choose(Number(key) - 1);
  else if (key in Keys) set(Keys[key], true);
  else return false;
  return true;
}

await work?.start();
