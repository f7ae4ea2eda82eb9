/** The build's own plugins and its config, for tests; they are JavaScript without types. */
export { lowerBriefly } from '../../rollup.lower.mjs'
export { minify } from '../../rollup.minify.mjs'
export { unfoldClasses } from '../../rollup.unfold.mjs'
export { default as bundles } from '../../rollup.config.mjs'
