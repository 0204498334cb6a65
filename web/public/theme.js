// Sets theme and density before the first paint; a file of its own because the page's policy forbids inline scripts.
(function () {
  var root = document.documentElement;
  var theme = null;
  var density = null;
  try {
    theme = localStorage.getItem("vedette.theme");
    density = localStorage.getItem("vedette.density");
  } catch (e) {
    // storage may be blocked; the system's choice is used
  }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = theme;
  root.dataset.density = density === "compact" ? "compact" : "comfortable";
})();
