(function () {
  var form = document.querySelector(".filters");
  var cards = Array.prototype.slice.call(document.querySelectorAll(".finding"));
  function apply() {
    var shown = 0;
    cards.forEach(function (card) {
      var fits = ["severity", "module", "rule"].every(function (name) {
        var wanted = form.elements[name].value;
        return !wanted || card.dataset[name] === wanted;
      });
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    form.elements.shown.value = shown + " / " + cards.length + " " + form.elements.shown.dataset.word;
  }
  form.addEventListener("change", apply);
  apply();
})();
