// Measures where the phone is, asks, and sends it. Written for old browsers: no arrow functions, no fetch.
(function () {
  "use strict";
  var SECONDS = 20, FINE_M = 10; // how long to measure at most, and what is good enough to stop at once
  var form = document.getElementById("pin");
  var mostM = Number(form.getAttribute("data-most-m"));
  var best = null, watch = null, clock = null, seconds = 0;

  function each(selector, act) {
    Array.prototype.forEach.call(form.querySelectorAll(selector), act);
  }

  function show(step) {
    each("[data-step]", function (section) {
      section.hidden = section.getAttribute("data-step") !== step;
    });
    var title = form.querySelector("[data-step='" + step + "'] h1");
    if (title.hasAttribute("tabindex")) title.focus();
    window.scrollTo(0, 0);
  }

  function tell() {
    each("[data-accuracy]", function (place) {
      place.textContent = best ? "± " + Math.max(1, Math.ceil(best.accuracy)) + " m" : "–";
    });
    each("[data-left]", function (place) {
      place.textContent = best ? "kemungkinan meleset, makin lama makin kecil" : "menunggu GPS";
    });
  }

  function measure() {
    if (!navigator.geolocation) return show("unsupported");
    stop();
    best = null;
    seconds = 0;
    tell();
    show("measuring");
    watch = navigator.geolocation.watchPosition(take, fail, { enableHighAccuracy: true, maximumAge: 0 });
    clock = setInterval(function () {
      seconds += 1;
      each("[data-progress]", function (bar) { bar.value = seconds; });
      if (seconds >= SECONDS) finish();
    }, 1000);
  }

  function take(position) {
    if (!best || position.coords.accuracy < best.accuracy) best = position.coords;
    tell();
    if (best.accuracy <= FINE_M) finish();
  }

  function fail(error) {
    if (error.code === error.PERMISSION_DENIED) {
      stop();
      show("denied");
    } else if (!best) {
      finish();
    }
  }

  function stop() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    clearInterval(clock);
    watch = null;
    each("[data-progress]", function (bar) { bar.value = 0; });
  }

  function finish() {
    stop();
    show(!best ? "unread" : best.accuracy > mostM ? "coarse" : "confirm");
  }

  function send() {
    var fields = [];
    form.lat.value = best.latitude;
    form.lon.value = best.longitude;
    form.accuracy_m.value = best.accuracy;
    each("input[name]", function (field) {
      fields.push(field.name + "=" + encodeURIComponent(field.value));
    });
    busy(true);
    // Not an ordinary form post: without a referrer browsers call its origin `null`, which the CSRF check refuses. And a
    // lost connection leaves the measured place on the screen.
    var request = new XMLHttpRequest();
    request.open("POST", location.href);
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.timeout = 30000;
    request.onload = function () { answered(request.status); };
    request.onerror = request.ontimeout = function () { answered(0); };
    request.send(fields.join("&"));
  }

  function answered(status) {
    busy(false);
    if (status === 200) return location.replace(form.getAttribute("data-thanks"));
    if (status === 400) return show("coarse");
    if (status === 403 || status === 404 || status === 429) return location.reload(); // the page says why
    show("unsent");
  }

  function busy(is) {
    each("[data-send]", function (button) {
      button.disabled = is;
      button.setAttribute("data-said", button.getAttribute("data-said") || button.textContent);
      button.textContent = is ? "Mengirim …" : button.getAttribute("data-said");
    });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (best) send();
  });
  each("[data-do='measure']", function (button) {
    button.addEventListener("click", measure);
  });
  each("[data-do='stop']", function (button) {
    button.addEventListener("click", function () { stop(); show("start"); });
  });
  each("[data-with-script]", function (part) { part.hidden = false; });
})();
