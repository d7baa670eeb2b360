// The rhythm that labelling and comparing share: one query shown, the next loaded, answers kept until the server has them.
import { api, blank, notice, Offline } from "/app.js";

const RetryMs = 2000;

export class Work {
  /**
   * path: "/api/label" or "/api/compare"; show: draws a query; urls: the images of a query; answered: the answer to the query shown,
   * null while it is not complete; press: takes a key, false where it means nothing; done: what to say when there is no query left.
   */
  constructor(path, session, { show, urls, answered, press, done }) {
    Object.assign(this, { path, session, show, urls, answered, press, done });
    this.outboxKey = `outbox:${session.name}:${path}`;
    this.outbox = JSON.parse(localStorage.getItem(this.outboxKey) ?? "[]");     // answers that the server has not acknowledged
    this.queries = [];
    this.progress = null;
    this.paused = false;
    this.times = [];        // when this page answered, for the pace
    this.preloaded = new Map();
    this.sending = null;
    addEventListener("online", () => this.flush());
    addEventListener("beforeunload", e => { if (this.outbox.length) e.preventDefault(); });
    setInterval(() => { if (document.visibilityState === "visible") this.beat(); }, session.leaseSeconds * 1000 / 3);
  }

  get current() { return this.queries[0]; }

  async start() {
    document.getElementById("next").addEventListener("click", () => this.next());
    document.getElementById("undo").addEventListener("click", () => this.undo());
    addEventListener("keydown", event => this.key(event));
    await this.flush();
    await this.refresh();
  }

  async refresh() {
    try {
      this.take(await api("GET", this.path));
    } catch (problem) {
      this.fail(problem);
      if (problem instanceof Offline) setTimeout(() => this.refresh(), RetryMs);
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "enter" && event.target.closest("a, #undo")) return;      // Enter follows a link and presses Undo
    if (key === "u") this.undo();
    else if (!this.current) return;
    else if (key === "enter" && this.answered()) { if (!event.repeat) this.next(); }
    else if (!this.press(key)) return;
    event.preventDefault();
  }

  /** Lets the answer be given once it is complete. */
  mark() {
    document.getElementById("next").disabled = !this.answered();
  }

  /** Takes the answer to the query shown if it is complete, shows the next at once, and sends it. */
  next() {
    const answer = this.current && this.answered();
    if (!answer) return;
    const query = this.queries.shift(), images = this.urls(query).length;
    this.outbox.push({ ...answer, query: query.key, elapsedMs: Math.round(performance.now() - this.shownAt) });
    this.store();
    this.times.push({ at: performance.now(), images });
    this.draw();
    this.flush();
  }

  async undo() {
    await this.flush();
    if (this.outbox.length || !this.progress?.lastAnswered) return;
    try {
      const reply = await api("POST", `${this.path}/undo`, { query: this.progress.lastAnswered });
      this.times.pop();
      this.take(reply, true);
    } catch (problem) {
      this.fail(problem);
    }
  }

  /** Sends what is in the outbox, in order, until it is empty; one sender at a time. */
  flush() {
    this.sending ??= this.send().finally(() => { this.sending = null; });
    return this.sending;
  }

  async send() {
    while (this.outbox.length) {
      try {
        const reply = await api("POST", this.path, this.outbox[0]);
        this.outbox.shift();
        this.store();
        notice(null);
        if (!this.outbox.length) this.take(reply);
      } catch (problem) {
        if (problem instanceof Offline || problem.status === 503) {
          notice(`${problem.message} ${this.outbox.length === 1 ? "Your last answer is" : `Your last ${this.outbox.length} answers are`} kept here and sent when it is back.`, "warn");
          this.drawProgress();
          setTimeout(() => this.flush(), RetryMs);
          return;
        }
        this.outbox.shift();        // the server will not take it, now or later
        this.store();
        this.fail(problem);
        if (!this.outbox.length) await this.refresh();
      }
    }
  }

  async beat() {
    try {
      await api("POST", "/api/heartbeat", {});
    } catch { /* the next answer will tell */ }
  }

  /** Takes what the server says; the query shown stays as it is while it is still the first. */
  take(reply, redraw = false) {
    const shown = this.current?.key;
    const sent = new Set(this.outbox.map(o => o.query));
    this.queries = reply.queries.filter(q => !sent.has(q.key));
    this.progress = reply.progress;
    this.paused = reply.isPaused;
    this.before = reply.before ?? null;
    for (const query of this.queries) this.preload(query);
    if (redraw || this.current?.key !== shown || !this.current) this.draw();
    else this.drawProgress();
  }

  preload(query) {
    if (this.preloaded.has(query.key)) return;
    this.preloaded.set(query.key, this.urls(query).map(url => Object.assign(new Image(), { src: url })));
    if (this.preloaded.size > 6) this.preloaded.delete(this.preloaded.keys().next().value);
  }

  draw() {
    const main = document.getElementById("work"), actions = document.querySelector("footer.actions");
    actions.hidden = !this.current && !this.progress?.lastAnswered;
    document.getElementById("next").hidden = !this.current;
    this.drawProgress();
    if (this.current) {
      this.shownAt = performance.now();
      this.show(main, this.current, this.before);
      this.before = null;
    } else if (this.outbox.length) {
      main.replaceChildren(blank("One moment", "The next query comes as soon as the server can be reached."));
    } else {
      main.replaceChildren(this.paused ? blank("Paused", "There is nothing to do at the moment. This page looks again by itself.") : blank(...this.done));
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.refresh(), 10_000);
    }
  }

  drawProgress() {
    const share = this.progress?.studyShare ?? 0, answered = (this.progress?.answered ?? 0) + this.outbox.length;
    document.querySelector(".progress .bar span").style.width = `${(100 * share).toFixed(1)}%`;
    document.getElementById("answered").textContent = `${answered} answered · study ${Math.floor(100 * share)}%`;
    document.getElementById("saved").textContent = this.outbox.length ? `${this.outbox.length} to be sent` : "all saved";
    document.getElementById("pace").textContent = this.pace();
    document.getElementById("undo").disabled = !this.progress?.lastAnswered;
  }

  /** Images a minute over the last answers of this page. */
  pace() {
    const recent = this.times.slice(-10);
    if (recent.length < 3) return "";
    const minutes = (recent.at(-1).at - recent[0].at) / 60_000;
    return `${Math.round(recent.slice(1).reduce((n, t) => n + t.images, 0) / minutes)} images/min`;
  }

  fail(problem) {
    if (problem.status === 401 || problem.status === 403) {
      document.getElementById("work").replaceChildren(blank(problem.status === 403 ? "Thank you" : "Not signed in", problem.message));
      document.querySelector("footer.actions").hidden = true;
    } else {
      notice(problem.message, "warn");
    }
  }

  store() {
    localStorage.setItem(this.outboxKey, JSON.stringify(this.outbox));
  }
}
