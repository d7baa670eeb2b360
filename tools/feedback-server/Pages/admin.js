// Administration: people, figures, comparisons, gold questions, instructions, files.
import { api, h, notice, prose, signedIn, signIn } from "/app.js";

const RefreshMs = 5000;
const percent = share => share === null ? "–" : `${(100 * share).toFixed(1)}%`;
const figure = value => value === null ? "–" : value.toFixed(3);
const setName = set => set === "" ? "this run's images" : set.replace(/^evaluation\//, "");

const session = await signedIn("admin");
const place = id => document.getElementById(id);
let overview = null, goldPage = 0;

/** Does something, says what was done, and shows the figures after it. */
async function act(work) {
  try {
    const reply = await work();
    if (reply?.message) notice(reply.message, "good");
    await refresh();
    return reply;
  } catch (problem) {
    notice(problem.message, "bad");
  }
}

const post = (path, body) => api("POST", `/api/admin/${path}`, body);

function button(text, onclick, kind = "small", id = null) {
  return h("button", { type: "button", class: kind, id, onclick }, text);
}

/** Draws anew; the keyboard stays on the button where it was, by its id. */
function keepFocus(draw) {
  const id = document.activeElement.id;
  draw();
  if (id) place(id)?.focus();
}

/** Another link for a rater; those who make their own go on with it, for the former has ended. */
async function newLink(rater) {
  const reply = await post(`raters/${rater.id}/link`, {});
  if (rater.name === session.name) await signIn(reply.path.split("#")[1]);
  return reply;
}

function section(title, id, hint, ...content) {
  return h("section", { class: "panel stack", "aria-label": title }, h("h2", {}, title), hint ? h("p", { class: "muted" }, hint) : null,
    h("div", { id, class: "stack" }), ...content);
}

function table(columns, rows) {
  return h("div", { class: "tables" }, h("table", {}, h("thead", {}, h("tr", {}, ...columns.map(c => h("th", { scope: "col" }, c)))),
    h("tbody", {}, ...rows)));
}

function layout() {
  const name = h("input", { type: "text", maxlength: 80, required: true, placeholder: "Name", "aria-label": "Name of the rater" });
  const role = h("select", { "aria-label": "Role" }, h("option", { value: "" }, "Rater"), h("option", { value: "yes" }, "Administrator"));
  const invite = h("form", { class: "row", onsubmit: async event => {
    event.preventDefault();
    const reply = await act(() => post("invite", { name: name.value, administrator: role.value !== "" }));
    if (reply) { showLink(reply); name.value = ""; }
  } }, name, role, h("button", { class: "primary" }, "Invite"));
  const file = h("input", { type: "file", accept: ".jsonl,.csv,.json", "aria-label": "File with labels" });
  const upload = h("form", { class: "row", onsubmit: event => { event.preventDefault(); importFile(file); } }, file, h("button", {}, "Import"));
  const text = h("textarea", { id: "instructions", "aria-label": "Instructions", spellcheck: "true" });
  place("admin").replaceChildren(
    h("div", { class: "row" }, h("h1", {}, "Administration"), h("span", { id: "state", class: "row" })),
    h("div", { id: "tiles", class: "tiles" }),
    section("Raters", "raters", null, h("div", { id: "link" }), invite),
    section("Labels by category (Table 1)", "categories"),
    section("Comparisons (Fig. 3)", "comparisons", null, h("div", { id: "start" })),
    section("Gold questions", "gold", "Say for some images what the right answer is; raters get them among the others, and their accuracy is shown above."),
    section("Files", "files", null, h("div", { class: "row" },
      button("Write feedback.jsonl into the run", () => act(() => post("publish", {})), "primary"),
      ...[["jsonl", "feedback.jsonl"], ["csv", "CSV"], ["label-studio", "Label Studio"]].map(([format, title]) =>
        h("a", { class: "button", href: `/api/admin/export/${format}`, download: true }, title))), upload),
    section("Instructions", "preview",
      "# heading, - item, **strong**; an example is a line such as: [good] images/four-circles-0001.png Four circles, no more.", text,
    h("div", { class: "row" }, button("Save", async () => {
      if (await act(() => post("instructions", { text: text.value }))) place("preview").replaceChildren(prose(text.value));
    }, "primary"), button("Preview", () => place("preview").replaceChildren(prose(text.value)), ""))));
}

function showLink(reply) {
  const input = h("input", { type: "text", readonly: true, value: location.origin + reply.path, "aria-label": `Link of ${reply.name}`, onclick: e => e.target.select() });
  place("link").replaceChildren(h("p", {}, `The link of ${reply.name}. It is shown only now: `),
    h("div", { class: "link" }, input, button("Copy", e => { input.select(); e.target.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C"; }, "")));
}

async function importFile(input) {
  const file = input.files[0];
  if (!file) return notice("Choose a file first.", "warn");
  const format = { jsonl: "jsonl", csv: "csv", json: "label-studio" }[file.name.split(".").pop().toLowerCase()];
  if (!format) return notice("The name ends neither with .jsonl, .csv nor .json (Label Studio).", "warn");
  await act(() => api("POST", `/api/admin/import/${format}`, file, "application/octet-stream"));
}

function tile(value, text) {
  return h("div", { class: "tile" }, h("b", {}, value), h("span", {}, text));
}

function drawFigures() {
  const o = overview, a = o.agreement;
  place("state").replaceChildren(
    o.isPaused ? h("span", { class: "tag warn" }, "paused") : h("span", { class: "tag good" }, "running"),
    button(o.isPaused ? "Go on" : "Pause the study", () => act(() => post("pause", { on: !o.isPaused })), "small", "pause"));
  place("tiles").replaceChildren(
    tile(percent(o.studyShare), `of ${o.ratersPerImage} judgements per image`),
    tile(o.labels.toLocaleString("en"), `labels on ${o.imagesJudged.toLocaleString("en")} of ${o.images.toLocaleString("en")} images`),
    tile(`${o.majority.good.toLocaleString("en")} / ${o.majority.bad.toLocaleString("en")}`, `images good / bad by majority, ${o.majority.tied} tied`),
    tile(percent(a.percent), `pairwise agreement, ${a.images} images`),
    tile(figure(a.fleissKappa), a.fleissImages ? `Fleiss’ κ, ${a.fleissImages} images × ${a.fleissLabels}` : "Fleiss’ κ"),
    tile(figure(a.krippendorffAlpha), "Krippendorff’s α"));
  place("raters").replaceChildren(table(
    ["Rater", "Images", "Good", "Bad", "Skip", "Median time", "Gold", "Votes", ""], o.raters.map(raterRow)));
  place("categories").replaceChildren(table(["Category", "Prompts", "Images", "Good", "Bad", "Skip"], o.categories.map(categoryRow)));
  place("comparisons").replaceChildren(...(o.comparisons.length ? o.comparisons.map(comparison)
    : [h("p", { class: "muted" }, "None yet. Draw the same prompts with two models (align evaluate leaves them in evaluation/) and compare them here.")]));
}

function raterRow(r) {
  const tags = [];
  if (r.isAdministrator) tags.push(h("span", { class: "tag" }, "administrator"));
  if (!r.isInvited) tags.push(h("span", { class: "tag" }, "imported"));
  if (r.status !== "active") tags.push(h("span", { class: `tag ${r.status === "paused" ? "warn" : "bad"}` }, r.status));
  const status = (to, text, id) => button(text, () => act(() => post(`raters/${r.id}/status`, { status: to })), "small", `rater-${r.id}-${id}`);
  const actions = h("span", { class: "row" });
  if (r.isInvited && r.status === "active") actions.append(status("paused", "Pause", "paused"));
  if (r.status === "paused") actions.append(status("active", "Go on", "paused"));
  if (!r.isAdministrator) actions.append(r.status === "excluded" ? status("active", "Take back", "excluded") : status("excluded", "Exclude", "excluded"));
  if (r.isInvited) actions.append(button("New link", async () => { const reply = await act(() => newLink(r)); if (reply) showLink(reply); }, "small", `rater-${r.id}-link`));
  return h("tr", {}, h("td", {}, h("bdi", {}, r.name), ...tags), ...[r.images, r.good, r.bad, r.skip].map(n => h("td", {}, n)),
    h("td", {}, r.medianSeconds === null ? "–" : `${r.medianSeconds.toFixed(1)} s`),
    h("td", {}, r.goldAnswered ? `${r.goldRight} of ${r.goldAnswered}` : "–"), h("td", {}, r.votes), h("td", {}, actions));
}

function categoryRow(c) {
  const all = c.good + c.bad + c.skip, share = n => `${n} (${all ? Math.round(100 * n / all) : 0}%)`;
  return h("tr", { class: c.category === "total" ? "total" : "" },
    ...[c.category, c.prompts, c.images, share(c.good), share(c.bad), share(c.skip)].map(cell => h("td", {}, cell)));
}

function comparison(c) {
  const clear = Math.ceil(7 * c.raters / 9);
  return h("div", { class: "stack" },
    h("div", { class: "row" }, h("strong", {}, `${setName(c.first)} against ${setName(c.second)}`),
      h("span", { class: `tag ${c.isOpen ? "good" : ""}` }, c.isOpen ? "open" : "closed"),
      h("span", { class: "muted" }, `${c.complete} of ${c.prompts} prompts have all ${c.raters} votes, ${c.votes} votes in all`),
      button(c.isOpen ? "Close" : "Open", () => act(() => post(`comparisons/${c.id}/open`, { on: !c.isOpen })), "small", `comparison-${c.id}`)),
    h("div", { class: "split" }, question("Alignment", c.alignment, c, clear), question("Fidelity", c.fidelity, c, clear)));
}

function question(title, q, c, clear) {
  const all = q.first + q.tie + q.second, shares = h("div", { class: "shares", role: "img",
    "aria-label": `${q.first} votes for ${setName(c.first)}, ${q.tie} ties, ${q.second} for ${setName(c.second)}` });
  for (const [kind, n] of [["first", q.first], ["tie", q.tie], ["second", q.second]]) {
    const part = h("span", { class: kind }, all && n / all > .12 ? percent(n / all) : "");
    part.style.flex = String(n);
    shares.append(part);
  }
  const most = Math.max(1, ...q.secondHistogram);
  const bars = h("div", { class: "histogram", role: "img", "aria-label": `Prompts by votes for ${setName(c.second)}: ${q.secondHistogram.join(", ")}` },
    ...q.secondHistogram.map((n, votes) => {
      const bar = h("i");
      bar.style.height = `${75 * n / most}%`;
      return h("div", { class: votes >= clear ? "clear" : "" }, n || "", bar, votes);
    }));
  const complete = Math.max(1, c.complete);
  return h("div", {}, h("strong", {}, title), shares, h("p", { class: "muted" }, `votes: ${setName(c.first)} · same · ${setName(c.second)}`),
    bars, h("p", { class: "muted" }, `prompts by votes for ${setName(c.second)} (of ${c.raters})`),
    h("p", {}, `At least ${clear} of ${c.raters}: `, h("strong", {}, `${setName(c.second)} ${percent(q.clearSecond / complete)}`),
      `, ${setName(c.first)} ${percent(q.clearFirst / complete)}, same ${percent(q.clearTie / complete)}, undecided ${percent(q.undecided / complete)}`));
}

function drawStart() {
  const options = () => overview.sets.map(s => h("option", { value: s }, setName(s)));
  if (overview.sets.length < 2) return place("start").replaceChildren();
  const first = h("select", { "aria-label": "First set" }, ...options()), second = h("select", { "aria-label": "Second set" }, ...options());
  second.selectedIndex = 1;
  const images = h("input", { type: "number", min: 1, max: 9, value: 4, "aria-label": "Images on each side" });
  place("start").replaceChildren(h("div", { class: "row" }, first, "against", second, images, "images on each side",
    button("Start", () => act(() => post("comparisons", { first: first.value, second: second.value, imagesPerPrompt: Number(images.value) })), "primary")));
}

async function drawGold() {
  const page = await api("GET", `/api/admin/images/${goldPage}`), last = Math.max(0, Math.ceil(page.total / 24) - 1);
  keepFocus(() => place("gold").replaceChildren(
    h("div", { class: "gallery" }, ...page.images.map(image => h("figure", {},
      h("img", { src: `/api/admin/image/${image.id}`, alt: image.file, loading: "lazy" }),
      h("figcaption", {}, h("bdi", {}, image.prompt), h("span", { class: "muted" }, `${image.file.replace("images/", "")} · ✓ ${image.good} ✗ ${image.bad}`)),
      h("div", { class: "row" }, ...["good", "bad"].map(answer => h("button", {
        type: "button", class: "small", id: `gold-${image.id}-${answer}`, "aria-pressed": String(image.gold === answer), "aria-label": `${image.file} is ${answer}`,
        onclick: async () => { await act(() => post("gold", { image: image.id, answer: image.gold === answer ? null : answer })); await drawGold(); },
      }, answer)))))),
    h("div", { class: "row" }, button("Back", () => { goldPage--; drawGold(); }, "small", "gold-back"), h("span", { class: "muted" }, `page ${goldPage + 1} of ${last + 1}`),
      button("More", () => { goldPage++; drawGold(); }, "small", "gold-more"))));
  const [back, more] = place("gold").querySelectorAll(":scope > .row > button");
  back.disabled = goldPage === 0;
  more.disabled = goldPage >= last;
}

async function refresh() {
  const now = await api("GET", "/api/admin/overview");
  if (JSON.stringify(now) === JSON.stringify(overview)) return;
  overview = now;
  keepFocus(drawFigures);
}

if (session) {
  if (!session.isAdministrator) {
    notice("This page is for administrators.", "warn");
  } else {
    layout();
    await act(async () => { place("instructions").value = await api("GET", "/api/instructions"); });
    drawStart();
    await drawGold();
    setInterval(async () => {
      const isPressing = document.querySelector("button:active") !== null;       // a button must not go while it is clicked
      if (document.visibilityState === "visible" && !isPressing) await refresh().catch(problem => notice(problem.message, "warn"));
    }, RefreshMs);
  }
}
