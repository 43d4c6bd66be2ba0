// What plain HTML cannot do; every page works without it.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
