import { api, notice, prose, signedIn } from "/app.js";

if (await signedIn("instructions")) {
  try {
    document.getElementById("text").replaceChildren(prose(await api("GET", "/api/instructions")));
  } catch (problem) {
    notice(problem.message, "bad");
  }
}
