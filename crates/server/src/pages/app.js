// Small comforts; every page works without them. Passkeys are the exception: browsers give them to scripts alone.
"use strict";
// A running scan: its state as it goes, and the page anew when it ends.
for (const place of document.querySelectorAll("[data-job]")) {
  const source = new EventSource(`/api/v1/jobs/${place.dataset.job}/events`);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    place.textContent = job.progress ? `${job.state}: ${job.progress}` : job.state;
    if (["done", "failed", "cancelled"].includes(job.state)) {
      source.close();
      location.reload();
    }
  });
}
// Filters apply when they are chosen.
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
// One box for all.
for (const all of document.querySelectorAll("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });
}
// A last question before something goes.
for (const form of document.querySelectorAll("form[data-sure]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.sure)) event.preventDefault();
  });
}
// Passkeys: the server asks, the authenticator signs.
const post = async (path, body, headers = {}) => {
  const answer = await fetch(`/api/v1${path}`, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  const said = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
};
const ceremonies = {
  get: async (form) => {
    const { ceremony, options } = await post("/session/passkey/offer", {});
    const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    await post("/session/passkey", { ceremony, credential: credential.toJSON() });
    location.assign(form.dataset.next);
  },
  create: async (form) => {
    const headers = { "X-CSRF-Token": form.elements.csrf.value };
    const { ceremony, options } = await post("/me/passkeys/offer", {}, headers);
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    await post("/me/passkeys", { ceremony, name: form.elements.name.value, credential: credential.toJSON() }, headers);
    location.reload();
  },
};
for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential?.parseRequestOptionsFromJSON;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [button, alert] = [form.querySelector("button"), form.querySelector("[role=alert]")];
    button.disabled = true;
    alert.textContent = "";
    try {
      await ceremonies[form.dataset.passkey](form);
    } catch (error) {
      const { elsewhere, refused } = form.dataset;
      alert.textContent = error.name === "SecurityError" ? elsewhere : error instanceof DOMException ? refused : error.message;
      button.disabled = false;
    }
  });
}
