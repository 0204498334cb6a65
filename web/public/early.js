// Asks for the parts of the page of this address at once; which these are the build has written beside.
(function () {
  var pages = JSON.parse(document.querySelector('meta[name="early"]').content);
  for (var start in pages) {
    if (location.pathname.indexOf(start) !== 0) continue;
    pages[start].forEach(function (name) {
      var link = document.createElement("link");
      var isStyle = /\.css$/.test(name);
      link.rel = isStyle ? "preload" : "modulepreload";
      if (isStyle) link.as = "style";
      // as the build asks for them later: else they would be fetched twice
      link.crossOrigin = "anonymous";
      link.href = "/" + name;
      document.head.append(link);
    });
  }
})();
