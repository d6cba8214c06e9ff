// Runs the page for the screen in jsdom, as a reviewer would: fills in, saves, loads. Reads what to do from standard
// input as JSON, writes what came of it to standard output as JSON.
"use strict";
const fs = require("fs");
const { JSDOM, VirtualConsole } = require(process.argv[2]);

async function main() {
  const todo = JSON.parse(fs.readFileSync(0, "utf8"));
  const errors = [], requests = [];
  const console_ = new VirtualConsole();
  console_.on("jsdomError", (error) => { if (!/navigation/.test(error.message)) { errors.push(error.message); } });
  const blobs = [];
  const dom = new JSDOM(fs.readFileSync(process.argv[3], "utf8"), {
    url: todo.url || "https://page.invalid/page.html", runScripts: "dangerously", pretendToBeVisual: true, virtualConsole: console_,
    beforeParse(window) {
      window.URL.createObjectURL = (blob) => { blobs.push(blob); return "blob:page"; };
      window.URL.revokeObjectURL = () => undefined;
      window.confirm = () => todo.confirm !== false;
      window.fetch = (...what) => requests.push(what);
      if (todo.kept) { window.localStorage.setItem(todo.kept.place, todo.kept.text); }
    },
  });
  const { window } = dom, { document } = window;
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const fields = new Map(Array.from(document.querySelectorAll("[name]")).map((each) => [each.name, each]));
  const answer = { files: [] };
  let last = null;

  for (const [name, value] of Object.entries(todo.values || {})) {
    const each = fields.get(name);
    if (each.type === "checkbox") { each.checked = value === "yes"; } else { each.value = value; }
    last = each;
  }
  if (last) { last.dispatchEvent(new window.Event("input", { bubbles: true })); }
  if (todo.load !== undefined) {
    const chooser = document.getElementById("file");
    Object.defineProperty(chooser, "files", { value: [new window.File([todo.load], "answers.json")] });
    Object.defineProperty(chooser, "value", { value: "", writable: true });
    chooser.dispatchEvent(new window.Event("change", { bubbles: true }));
    await wait(200);
  }
  if (todo.search !== undefined) {
    document.getElementById("search").value = todo.search;
    document.getElementById("search").dispatchEvent(new window.Event("input", { bubbles: true }));
  }
  if (todo.open) {
    document.getElementById("open").checked = true;
    document.getElementById("open").dispatchEvent(new window.Event("change", { bubbles: true }));
  }
  answer.shown = Array.from(document.querySelectorAll("table.grid > tbody > tr")).filter((row) => !row.hidden && row.querySelector("[name]")).length;
  if (todo.wait) { await wait(todo.wait); }
  answer.before = document.getElementById("message").textContent;
  const leaving = new window.Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  answer.held = leaving.defaultPrevented;
  if (todo.save) {
    const names = [];
    document.addEventListener("click", (event) => { if (event.target.download) { names.push(event.target.download); } }, true);
    window.HTMLAnchorElement.prototype.click = function () { names.push(this.download); };
    document.getElementById("save").click();
    for (const blob of blobs) {
      const reader = new window.FileReader();
      const read = new Promise((done) => { reader.onload = () => done(Buffer.from(reader.result).toString("base64")); });
      reader.readAsArrayBuffer(blob);
      answer.files.push({ name: names[answer.files.length], content: await read });
    }
  }
  answer.message = document.getElementById("message").textContent;
  answer.count = document.getElementById("count").textContent;
  answer.values = Object.fromEntries(Array.from(document.querySelectorAll("input[name], select[name], textarea[name]")).map((each) => [each.name, each.type === "checkbox" ? (each.checked ? "yes" : "") : each.value]));
  try { answer.kept = Object.entries(window.localStorage); } catch (error) { answer.kept = null; }
  Object.assign(answer, { errors, requests });
  process.stdout.write(JSON.stringify(answer));
  window.close();
}

main().catch((error) => { process.stderr.write(String(error.stack)); process.exit(1); });
