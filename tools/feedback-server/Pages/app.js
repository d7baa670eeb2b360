// What all pages share: requests with the request token, the bar at the top, elements without innerHTML.

let requestToken = "";

/** A request to the server; what it turns down is thrown with its sentence, a lost connection as an Offline. */
export async function api(method, path, body, type = "application/json") {
  const headers = { "X-Request-Token": requestToken };
  if (body !== undefined) headers["Content-Type"] = type;
  else if (method !== "GET") headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined || type !== "application/json" ? body : JSON.stringify(body) });
  } catch {
    throw new Offline();
  }
  if (response.status >= 502 && response.status !== 503) throw new Offline();
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  if (response.ok) return isJson ? response.json() : response.text();
  const problem = new Error(isJson ? (await response.json()).error : `The server answers ${response.status}.`);
  problem.status = response.status;
  throw problem;
}

/** The server cannot be reached; the same request will do later. */
export class Offline extends Error {
  constructor() { super("The server cannot be reached."); }
}

/** Who is signed in; shows the bar at the top, or says how to sign in and returns null. */
export async function signedIn(page) {
  try {
    const session = await api("GET", "/api/session");
    requestToken = session.requestToken;
    showBar(session, page);
    return session;
  } catch (problem) {
    document.querySelector("main").replaceChildren(blank(
      problem.status === 403 ? "Thank you" : "Not signed in",
      problem instanceof Offline ? "The server cannot be reached. Reload the page in a moment." : problem.message));
    return null;
  }
}

/** Signs in with the token of an invitation. */
export async function signIn(token) {
  requestToken = (await api("POST", "/api/session", { token })).requestToken;
}

function showBar(session, page) {
  const pages = [["label", "Label"], ["instructions", "Instructions"]];
  if (session.hasComparisons) pages.splice(1, 0, ["compare", "Compare"]);
  if (session.isAdministrator) pages.push(["admin", "Admin"]);
  const links = pages.map(([name, title]) => h("a", { href: `/${name}`, ...(name === page ? { "aria-current": "page" } : {}) }, title));
  document.querySelector("header.top").replaceChildren(
    h("a", { class: "brand", href: "/" }, "AlignT2I"), h("nav", { "aria-label": "Pages" }, ...links), h("span", { class: "who" }, session.name));
}

/** An element with attributes, listeners (onclick: …) and children; text is always text. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter(c => c !== null && c !== undefined));
  return element;
}

/** A page that has nothing to do. */
export function blank(title, text, ...more) {
  return h("div", { class: "blank" }, h("h1", {}, title), h("p", { class: "muted" }, text), ...more);
}

/** Shows or hides a line of news above the work. */
export function notice(text, kind = "") {
  const place = document.getElementById("notice");
  place.hidden = !text;
  place.className = `notice ${kind}`;
  place.textContent = text ?? "";
}

/** Draws instructions: "# heading", "- item", "[good] images/file.png why", paragraphs between empty lines. */
export function prose(text) {
  const root = h("div", { class: "prose" });
  let examples = 0, paragraph = null, list = null, figures = null;
  for (const line of text.split("\n").map(l => l.trim())) {
    const example = /^\[(good|bad|skip)\] +\S+ *(.*)$/.exec(line), heading = /^#+ +(.*)$/.exec(line), item = /^[-*] +(.*)$/.exec(line);
    if (!example) figures = null;
    if (!item) list = null;
    if (example) {
      if (!figures) root.append(figures = h("div", { class: "examples" }));
      const why = example[2] || `An example that is ${example[1]}`;
      figures.append(h("figure", { class: example[1] }, h("img", { src: `/example/${examples++}`, alt: why }),
        h("figcaption", {}, h("b", {}, { good: "✓ Good", bad: "✗ Bad", skip: "– Skip" }[example[1]]), example[2])));
    } else if (heading) {
      root.append(h("h2", {}, heading[1]));
    } else if (item) {
      if (!list) root.append(list = h("ul"));
      list.append(h("li", {}, ...strong(item[1])));
    } else if (line) {
      if (!paragraph) root.append(paragraph = h("p"));
      else paragraph.append(" ");
      paragraph.append(...strong(line));
    }
    if (!line || example || heading || item) paragraph = null;
  }
  return root;
}

function strong(text) {
  return text.split("**").map((part, i) => i % 2 ? h("strong", {}, part) : part);
}
