// Small comforts; every page works without them.
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
