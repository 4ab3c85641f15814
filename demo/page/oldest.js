// The first script of the page, for any browser there is: hence written as in 2009. Whoever comes with one that is older
// than the page needs is told so in a sentence; what works there works.
/* oxlint-disable no-var */
(function () {
  var styles = window.CSS && CSS.supports && CSS.supports("aspect-ratio", "1") && CSS.supports("inset", "0");
  var numbers = Array.prototype.at && Array.prototype.findLast && Object.hasOwn && window.structuredClone;
  if (styles && numbers && window.ResizeObserver && "noModule" in document.createElement("script")) return;
  document.addEventListener("DOMContentLoaded", function () {
    var notice = document.createElement("p");
    notice.id = "too-old";
    notice.setAttribute("role", "alert");
    notice.style.cssText = "margin: 0; padding: 12px 16px; background: #7f1d1d; color: white; font: 16px/1.4 sans-serif";
    notice.appendChild(document.createTextNode("This browser is too old for this page, which needs Chrome 100, Firefox 115, Safari 15.4 or a newer one."));
    document.body.insertBefore(notice, document.body.firstChild);
  });
})();
