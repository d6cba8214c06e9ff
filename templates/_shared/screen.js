/* What makes the page for the screen a form: answers are counted, kept, saved as a file and loaded again.

   The page needs no network and the script asks for nothing. What it knows of the document stands in the JSON block
   "page": which document this is, the words of the bar in the document's language, and the record as issued, which goes
   back unread inside the saved file. The answers are those of the fields by name, letter by letter.

   Plain ECMAScript 2017, so that older browsers run it. The page's policy lets in this script alone, by its fingerprint;
   whoever changes a letter here changes nothing else, as the fingerprint is taken when the page is made. */
(function () {
  "use strict";
  var page = JSON.parse(document.getElementById("page").textContent);
  var words = page.words;
  var fields = Array.prototype.slice.call(document.querySelectorAll("input[name], select[name], textarea[name]"));
  var byName = new Map(fields.map(function (field) { return [field.name, field]; }));
  var bar = document.getElementById("bar");
  var search = document.getElementById("search"), open = document.getElementById("open");
  var place = "dossier:" + [page.document.number, page.document.revision, page.document.locale, page.document.date, page.data].join(":");
  var asIssued = answers();
  var unsaved = false, waiting = 0, kept = true;

  /* --- fields ---------------------------------------------------------------------------------------------------- */

  function value(field) { return field.type === "checkbox" ? (field.checked ? "yes" : "") : field.value; }

  function answers() {
    var found = {};
    fields.forEach(function (field) { found[field.name] = value(field); });
    return found;
  }

  function put(field, text) {
    if (field.type === "checkbox") { field.checked = text === "yes"; return; }
    field.value = text;
    if (field.tagName === "SELECT" && field.value !== text) {
      // An answer that is none of the choices stays visible, as it does in the other formats.
      field.add(new Option(text, text, false, true));
    }
    fit(field);
  }

  /* Puts the answers in; gives how many were, and how many have no field here. */
  function fill(given) {
    var count = 0, strangers = 0;
    Object.keys(given).forEach(function (name) {
      var field = byName.get(name);
      if (typeof given[name] !== "string") { return; }
      if (!field) { strangers += given[name] ? 1 : 0; return; }
      put(field, given[name]);
      count += given[name] ? 1 : 0;
    });
    return { count: count, strangers: strangers };
  }

  /* A text field is as high as its text. */
  function fit(field) {
    if (field.tagName === "SELECT") { field.classList.toggle("unanswered", !field.value); }
    if (field.tagName !== "TEXTAREA") { return; }
    field.style.height = "";
    if (field.value && field.scrollHeight > field.clientHeight) { field.style.height = field.scrollHeight + 4 + "px"; }
  }

  /* --- rows: counted, searched, filtered ------------------------------------------------------------------------- */

  var rows = Array.prototype.slice.call(document.querySelectorAll("table.grid > tbody > tr"));
  var asked = rows.map(function (row) { return { row: row, field: row.querySelector('[name$="/status"]') }; }).filter(function (each) { return each.field; });

  function count() {
    var done = asked.filter(function (each) { return each.field.value; }).length;
    document.getElementById("count").textContent = say("{done} of {total} rows answered", { done: done, total: asked.length });
    document.getElementById("done").value = done;
    var who = byName.get("document/reviewer");
    document.getElementById("who").textContent = who ? who.value.trim() : "";
  }

  function text(row) {
    var typed = Array.prototype.map.call(row.querySelectorAll("input, textarea, select"), function (field) {
      return field.tagName === "SELECT" ? field.options[field.selectedIndex].text : field.value;
    });
    var shown = row.cloneNode(true);
    Array.prototype.forEach.call(shown.querySelectorAll("select, textarea"), function (field) { field.remove(); });
    return (shown.textContent + " " + typed.join(" ")).toLowerCase();
  }

  function filter() {
    var sought = search.value.trim().toLowerCase(), only = open.checked, shown = 0;
    var status = new Map(asked.map(function (each) { return [each.row, each.field]; }));
    rows.forEach(function (row) {
      var field = status.get(row);
      var hidden = (only && field && field.value !== "") || (sought !== "" && text(row).indexOf(sought) < 0);
      row.hidden = Boolean(hidden);
      shown += hidden ? 0 : 1;
    });
    // A chapter's table of which nothing is left would be a head without a body.
    Array.prototype.forEach.call(document.querySelectorAll("table.grid"), function (table) {
      table.classList.toggle("emptied", !table.querySelector("tbody > tr:not([hidden])"));
    });
    if (!shown) { tell(words["No row matches."]); }
  }

  /* --- messages -------------------------------------------------------------------------------------------------- */

  function say(phrase, values) {
    return words[phrase].replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  function tell(message) { document.getElementById("message").textContent = message; }

  function changed() {
    unsaved = true;
    count();
    clearTimeout(waiting);
    waiting = setTimeout(keep, 300);
  }

  /* --- kept in the browser --------------------------------------------------------------------------------------- */

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify(answers()));
      kept = true;
    } catch (error) {  // switched off, full, or not to be had for a file
      kept = false;
    }
    tell(words[kept ? "Not yet saved as a file. This browser keeps the answers until then." : "Not yet saved as a file. This browser keeps nothing: save before you close the page."]);
    bar.classList.toggle("unsaved", unsaved);
  }

  function putBack() {
    var before = null;
    try { before = JSON.parse(localStorage.getItem(place)); } catch (error) { return false; }
    if (!before || typeof before !== "object") { return false; }
    fill(before);
    return JSON.stringify(answers()) !== JSON.stringify(asIssued);
  }

  function forget() { try { localStorage.removeItem(place); } catch (error) { /* nothing was kept */ } }

  /* --- the file -------------------------------------------------------------------------------------------------- */

  function plain(text) {
    var letters = { "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O" };
    return text.replace(/[æÆøØ]/g, function (letter) { return letters[letter]; }).normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60);
  }

  function save() {
    clearTimeout(waiting);
    var who = byName.get("document/reviewer"), reviewer = who ? who.value.trim() : "";
    var name = [plain(page.document.number), "r" + plain(page.document.revision), "answers", plain(reviewer)].filter(Boolean).join("_") + ".json";
    var content = { schema: page.schema, document: page.document, product: page.product, market: page.market, data: page.data, saved: new Date().toISOString(), answers: answers() };
    if (page.record) { content.record = page.record; }
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1) + "\n"], { type: "application/json" }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    unsaved = false;
    forget();
    bar.classList.remove("unsaved");
    tell(say("Saved as {file}. Send that file back.", { file: name }) + (who && !reviewer ? " " + words["The answers name no reviewer: fill in “Reviewed by”."] : ""));
  }

  function load(file) {
    var reader = new FileReader();
    reader.onload = function () {
      var content = null;
      try { content = JSON.parse(reader.result); } catch (error) { /* told below */ }
      if (!content || content.schema !== page.schema || !content.document || typeof content.answers !== "object") { tell(words["This file holds no saved answers."]); return; }
      var other = content.document;
      if (other.number !== page.document.number || other.revision !== page.document.revision) {
        tell(say("These answers belong to {document}.", { document: other.number + " · " + other.revision }));
        return;
      }
      if (unsaved && !window.confirm(words["The answers on this page are replaced. Go on?"])) { return; }
      fill(asIssued);
      var told = fill(content.answers);
      unsaved = false;
      forget();
      bar.classList.remove("unsaved");
      count();
      tell(say("{count} answers loaded.", { count: told.count }) + (told.strangers ? " " + say("{count} answers have no place in this document.", { count: told.strangers }) : ""));
    };
    reader.readAsText(file);
  }

  /* --- at work --------------------------------------------------------------------------------------------------- */

  document.addEventListener("input", function (event) {
    if (event.target.name && byName.get(event.target.name) === event.target) { fit(event.target); changed(); }
  });
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("load").addEventListener("click", function () { document.getElementById("file").click(); });
  document.getElementById("file").addEventListener("change", function (event) {
    if (event.target.files.length) { load(event.target.files[0]); }
    event.target.value = "";
  });
  document.getElementById("more").addEventListener("click", function (event) {
    event.currentTarget.setAttribute("aria-expanded", String(bar.classList.toggle("opened")));
    measure();
  });
  search.addEventListener("input", filter);
  open.addEventListener("change", filter);
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); }
  });
  window.addEventListener("beforeunload", function (event) {
    if (!unsaved) { return; }
    clearTimeout(waiting);
    keep();
    event.preventDefault();
    event.returnValue = "";
  });

  /* The heads of tables stop below the bar, and a link leads to what stands below both. */
  function measure() { document.documentElement.style.setProperty("--bar", bar.offsetHeight + "px"); }
  window.addEventListener("resize", measure);

  // On a narrow screen each cell stands on a line of its own and is named by its column.
  Array.prototype.forEach.call(document.querySelectorAll("table.grid"), function (table) {
    var heads = Array.prototype.map.call(table.querySelectorAll("thead th"), function (head) { return head.textContent.trim(); });
    Array.prototype.forEach.call(table.querySelectorAll("tbody > tr"), function (row) {
      Array.prototype.forEach.call(row.children, function (cell, number) { if (heads[number]) { cell.setAttribute("data-head", heads[number]); } });
    });
  });

  document.getElementById("done").max = Math.max(asked.length, 1);
  bar.classList.toggle("rowless", !asked.length);
  fields.forEach(fit);
  if (putBack()) {
    unsaved = true;
    bar.classList.add("unsaved");
    tell(words["The answers kept in this browser were put back. They are not yet saved as a file."]);
  }
  bar.hidden = false;
  count();
  measure();
}());
