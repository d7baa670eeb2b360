// An invitation: the token stands behind the #, which browsers keep to themselves.
import { blank, h, signIn } from "/app.js";

const token = decodeURIComponent(location.hash.slice(1)), place = document.getElementById("work");
history.replaceState(null, "", "/join");        // the token does not stay in the address bar
if (!token) {
  place.replaceChildren(blank("Invitation", "Open the whole link of your invitation, with all that follows the #."));
} else {
  place.replaceChildren(blank("One moment", "You are being signed in."));
  try {
    await signIn(token);
    location.replace("/");
  } catch (problem) {
    place.replaceChildren(blank("This link does not work", problem.message, h("p", {}, h("a", { class: "button", href: "/" }, "Go on"))));
  }
}
