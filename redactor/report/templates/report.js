"use strict";
// Rows stay data until they are seen: a page of them is built at a time, by textContent alone.
(() => {
  const { words, rows, documents, rules } = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 50;
  const FILE = 0, PART = 1, LINE = 2, START = 3, END = 4, ENTITY = 5, RULE = 6, BECAUSE = 7, SCORE = 8,
    ACTION = 9, REMOVED = 10, AMOUNT = 11, SCOPE = 12, WHO = 13, REVIEW = 14, CODE = 15, WHY = 16,
    UNTIL = 17, RUN = 18, NUMBER = 19, MISSING = 20, BEFORE = 21, PLACE = 22, AFTER = 23,
    NOTE = 24, EARLIER = 25;
  const collator = new Intl.Collator("en", { numeric: true });
  const count = (n) => n.toLocaleString("en");

  let ranks = null; // the place of each word in the alphabet: sorting then compares numbers
  const rank = (word) => {
    if (!ranks) {
      const order = words.map((_, i) => i).sort((a, b) => collator.compare(words[a], words[b]));
      ranks = new Uint32Array(words.length);
      order.forEach((at, place) => { ranks[at] = place; });
    }
    return ranks[word];
  };

  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const sub = (cell, text, name = "sub") => { if (text) cell.append(make("span", text, name)); };

  const AROUND = 60; // as in copies.py: where there is so much, there is more
  const cut = (text) => (text.length < AROUND ? "" : "\u2026");
  const oneLine = (text) => text.replace(/[ \t]*\r?\n\s*/g, " \u21b5 ");

  class Table {
    constructor(id, rows, columns, noun) {
      this.root = document.getElementById(id);
      this.rows = rows;
      this.columns = columns;
      this.noun = noun;
      this.page = 0;
      this.sorted = null;
      this.keep = () => true;
      this.head();
      this.pager();
    }

    head() {
      const line = this.root.querySelector("thead tr");
      this.columns.forEach((column, at) => {
        const cell = make("th", undefined, column.number ? "n" : "");
        cell.scope = "col";
        cell.setAttribute("role", "columnheader");
        const button = make("button", column.label);
        button.type = "button";
        button.addEventListener("click", () => this.sort(at));
        cell.append(button);
        line.append(cell);
      });
    }

    pager() {
      const place = this.root.querySelector(".pages");
      this.back = make("button", "Previous page");
      this.on = make("button", "Next page");
      this.where = make("span");
      for (const [button, step] of [[this.back, -1], [this.on, 1]]) {
        button.type = "button";
        button.addEventListener("click", () => { this.page += step; this.show(); });
      }
      place.append(this.back, this.where, this.on);
    }

    sort(at) {
      const down = this.sorted && this.sorted.at === at && !this.sorted.down;
      this.sorted = { at, down };
      this.root.querySelectorAll("thead th").forEach((cell, i) => {
        if (i === at) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        else cell.removeAttribute("aria-sort");
      });
      this.update();
    }

    update() {
      this.found = this.rows.filter(this.keep);
      if (this.sorted) {
        const value = this.columns[this.sorted.at].value, way = this.sorted.down ? -1 : 1;
        this.found.sort((a, b) => way * (value(a) - value(b)));
      }
      this.page = 0;
      this.show();
    }

    show(all = false) {
      const pages = Math.max(1, Math.ceil(this.found.length / PAGE));
      this.page = Math.min(Math.max(this.page, 0), pages - 1);
      const first = this.page * PAGE;
      const shown = all ? this.found : this.found.slice(first, first + PAGE);
      const lines = document.createDocumentFragment();
      for (const row of shown) lines.append(this.line(row));
      this.root.querySelector("tbody").replaceChildren(lines);
      this.back.disabled = this.page === 0;
      this.on.disabled = this.page === pages - 1;
      this.where.textContent = `page ${count(this.page + 1)} of ${count(pages)}`;
      this.root.querySelector(".pages").hidden = pages === 1;
      const told = `${count(this.found.length)} of ${count(this.rows.length)} ${this.noun}`;
      this.root.querySelector(".count").textContent =
        all || pages === 1 ? told : `${told}, rows ${count(first + 1)} to ${count(first + shown.length)}`;
    }

    line(row) {
      const line = make("tr");
      line.setAttribute("role", "row");
      this.columns.forEach((column, at) => {
        const cell = make(at ? "td" : "th", undefined, column.number ? "n" : "");
        cell.setAttribute("role", at ? "cell" : "rowheader");
        if (at) cell.dataset.label = column.label;
        else cell.scope = "row";
        column.fill(cell, row);
        line.append(cell);
      });
      return line;
    }
  }

  const several = rows.some((row) => row[RUN] > 1) || documents.some((row) => row[8] > 1);
  const plain = (at) => (cell, row) => { cell.textContent = words[row[at]]; };
  const tally = (at) => (cell, row) => { cell.textContent = row[at] === null ? "" : count(row[at]); };
  const byWord = (at) => (row) => rank(row[at]);
  const byNumber = (at) => (row) => row[at];

  const files = new Table("documents-list", documents, [
    { label: "File", value: byWord(0), fill: (cell, row) => {
      cell.textContent = words[row[0]];
      if (several) sub(cell, `run ${row[8]}`);
    } },
    { label: "Status", value: byWord(1), fill: (cell, row) => {
      cell.textContent = words[row[1]];
      sub(cell, words[row[6]] && `not examined: ${words[row[6]]}`, "look");
    } },
    { label: "Removed", number: true, value: byNumber(2), fill: tally(2) },
    { label: "Kept", number: true, value: byNumber(3), fill: tally(3) },
    { label: "To look at", number: true, value: byNumber(4), fill: tally(4) },
    { label: "Checks of the copy", value: byWord(5), fill: plain(5) },
    { label: "SHA-256 of the copy", value: byWord(0), fill: (cell, row) => {
      if (row[7]) cell.append(make("code", row[7]));
      else cell.textContent = "no copy";
    } },
  ], "documents");

  const list = new Table("redactions-list", rows, [
    { label: "File", value: byWord(FILE), fill: (cell, row) => {
      cell.textContent = words[row[FILE]];
      sub(cell, several ? `no. ${row[NUMBER]}, run ${row[RUN]}` : `no. ${row[NUMBER]}`);
    } },
    { label: "Place", value: (row) => rank(row[FILE]) * 1e10 + row[START], fill: (cell, row) => {
      cell.textContent = row[LINE] ? `line ${count(row[LINE])}` : words[row[PART]];
      if (row[LINE] && words[row[PART]] !== "text") sub(cell, words[row[PART]]);
      sub(cell, `characters ${row[START]}–${row[END]}`);
    } },
    { label: "Type", value: byWord(ENTITY), fill: (cell, row) => {
      cell.textContent = words[row[ENTITY]].replaceAll("_", " ");
      sub(cell, words[row[AMOUNT]] && `${words[row[AMOUNT]]} characters`);
    } },
    { label: "In the copy", value: (row) => rank(row[FILE]) * 1e10 + row[START], fill: (cell, row) => {
      const text = make("span", undefined, "words");
      text.append(cut(row[BEFORE]), oneLine(row[BEFORE]), make("mark", oneLine(row[PLACE])),
        oneLine(row[AFTER]), cut(row[AFTER]));
      if (row[PLACE]) cell.append(text);
      if (row[MISSING] !== "") sub(cell, `The words around are not shown: ${words[row[MISSING]]}.`);
    } },
    { label: "Score", number: true, value: byNumber(SCORE), fill: (cell, row) => {
      cell.textContent = row[SCORE] === null ? "" : row[SCORE].toFixed(2);
    } },
    { label: "Rule, and why", value: byWord(RULE), fill: (cell, row) => {
      if (!words[row[RULE]]) return;
      cell.append(make("code", words[row[RULE]]));
      const about = rules[words[row[RULE]]];
      const brief = about.split(/(?<=[.;:]) /, 1)[0].replace(/[;:]$/, ".");
      sub(cell, brief, "sub about");
      if (brief !== about) cell.title = about; // and in full in the list of rules
      const more = words[row[BECAUSE]];
      if (more) sub(cell, `Also: ${more.split("\n").join(", ")}`);
    } },
    { label: "Code", value: byWord(CODE), fill: (cell, row) => {
      cell.textContent = words[row[CODE]] || (row[REMOVED] ? "none" : "");
      for (const part of words[row[WHY]].split("\n")) sub(cell, part);
      sub(cell, words[row[UNTIL]] && `until ${words[row[UNTIL]]}`);
    } },
    { label: "Decision", value: byWord(ACTION), fill: (cell, row) => {
      cell.textContent = words[row[ACTION]];
      sub(cell, words[row[WHO]] === "auto" ? "decided by the policy" : words[row[WHO]]);
      sub(cell, words[row[NOTE]] && `Note: ${words[row[NOTE]]}`);
      sub(cell, words[row[EARLIER]] && `Before: ${words[row[EARLIER]]}`);
      if (row[REMOVED] && words[row[SCOPE]] === "mention") sub(cell, "this mention only");
      sub(cell, words[row[REVIEW]] && `Look at it: ${words[row[REVIEW]]}`, "look");
    } },
  ], "places");

  const form = list.root.querySelector("form");
  const field = (name) => form.querySelector(`[data-filter="${name}"]`);
  const distinct = (at) => [...new Set(rows.map((row) => row[at]))].map((word) => words[word]).filter(Boolean)
    .sort(collator.compare);
  const offer = (target, values) => {
    for (const value of values) {
      const option = make("option", value);
      option.value = value;
      target.append(option);
    }
  };
  offer(field("entity"), distinct(ENTITY));
  offer(field("rule"), distinct(RULE));
  offer(field("code"), distinct(CODE));
  offer(document.getElementById("files"), distinct(FILE).slice(0, 1000));

  const says = (row, sought) =>
    `${row[BEFORE]}${row[PLACE]}${row[AFTER]}`.toLowerCase().includes(sought) ||
    [FILE, ENTITY, RULE, BECAUSE, CODE, WHY, WHO, NOTE].some((at) => words[row[at]].toLowerCase().includes(sought));

  const numbers = new Map(words.map((word, at) => [word, at]));
  const distinctFiles = new Set(distinct(FILE));
  const choose = () => {
    const sought = field("search").value.trim().toLowerCase();
    const file = field("file").value.trim().toLowerCase();
    const done = field("done").value, review = field("review").checked;
    const low = parseFloat(field("score").value), high = parseFloat(field("below").value);
    const chosen = [["entity", ENTITY], ["rule", RULE], ["code", CODE]]
      .filter(([name]) => field(name).value).map(([name, at]) => [at, numbers.get(field(name).value)]);
    const exact = distinctFiles.has(field("file").value);
    const named = new Map();
    const inFile = (word) => {
      if (!named.has(word)) {
        named.set(word, exact ? words[word] === field("file").value : words[word].toLowerCase().includes(file));
      }
      return named.get(word);
    };
    list.keep = (row) =>
      (done === "" || row[REMOVED] === Number(done)) &&
      (!review || words[row[REVIEW]] !== "") &&
      !(row[SCORE] < low) && !(row[SCORE] >= high) &&
      chosen.every(([at, word]) => row[at] === word) &&
      (!file || inFile(row[FILE])) &&
      (!sought || says(row, sought));
    list.update();
  };

  let waiting = 0;
  const soon = (act) => () => { clearTimeout(waiting); waiting = setTimeout(act, 120); };
  form.addEventListener("input", soon(choose));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { field("done").value = ""; choose(); }));

  const find = files.root.querySelector("[data-filter]");
  find.addEventListener("input", soon(() => {
    const sought = find.value.trim().toLowerCase();
    files.keep = (row) => words[row[0]].toLowerCase().includes(sought);
    files.update();
  }));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-field]");
    if (!button) return;
    form.reset();
    setTimeout(() => {
      field("done").value = "1";
      field("review").checked = button.dataset.review === "only";
      field(button.dataset.field).value = button.dataset.value;
      choose();
      document.getElementById("redactions").focus();
      list.root.scrollIntoView();
    });
  });

  // On paper there is no next page to ask for: all rows that are filtered for are printed.
  const paper = (printing) => { files.show(printing); list.show(printing); };
  window.addEventListener("beforeprint", () => paper(true));
  window.addEventListener("afterprint", () => paper(false));

  files.update();
  choose();
})();
