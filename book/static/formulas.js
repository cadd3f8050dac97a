// Formulas are set once the page's explorers have opened, or are much too late.
{
  const mounts = [...document.querySelectorAll(".fbkit-mount")];
  const opened = Promise.all(mounts.map((mount) => mount.opened));
  const late = new Promise((done) => setTimeout(done, 5000));
  const pageReady = async () => {
    await Promise.race([opened, late]);
    return MathJax.startup.defaultPageReady();
  };
  MathJax.startup = { ...MathJax.startup, pageReady };
}
