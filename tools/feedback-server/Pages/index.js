import { api, h, prose, signedIn } from "/app.js";

const session = await signedIn("");
if (session) {
  const links = [h("a", { class: "button primary", href: "/label" }, "Start labelling")];
  if (session.hasComparisons) links.push(h("a", { class: "button", href: "/compare" }, "Compare models"));
  if (session.isAdministrator) links.push(h("a", { class: "button", href: "/admin" }, "Administration"));
  document.getElementById("work").replaceChildren(
    h("div", { class: "stack" }, h("h1", {}, `Welcome, ${session.name}`),
      h("div", { class: "panel" }, prose(await api("GET", "/api/instructions"))), h("div", { class: "row" }, ...links)));
}
