// Looks at a page with axe: how many faults are serious, or that it is too wide for its window.
const source = require('axe-core').source;
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

exports.sizes = [[1280, 900], [390, 844]];
exports.schemes = ['light', 'dark'];

exports.look = async (tab, label) => {
  await tab.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
  await tab.evaluate(source);
  const result = await tab.evaluate((runOnly) => axe.run(document, { runOnly }), tags);
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const bad = result.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
  console.log(`${label}: ${result.passes.length} rules passed, ${result.violations.length} violated, ${bad.length} serious, ${wide} px too wide`);
  for (const one of result.violations) {
    console.log(`  ${one.impact} ${one.id}: ${one.help} (${one.nodes.length}), such as ${one.nodes[0].html.slice(0, 160)}`);
  }
  return bad.length + (wide > 0 ? 1 : 0);
};
