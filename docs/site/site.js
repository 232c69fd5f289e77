// What the theme leaves out: a name for its search, and wide tables that the keyboard can move. It wraps them later.
document.querySelector('.md-search')?.setAttribute('aria-label', 'Search');
new MutationObserver(() => {
  for (const table of document.querySelectorAll('.md-typeset__scrollwrap')) {
    table.tabIndex = 0;
  }
}).observe(document.body, { childList: true, subtree: true });
