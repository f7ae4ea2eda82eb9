import type { OutputOptions, Plugin, RollupOptions } from 'rollup'

export function lowerBriefly(): Plugin
export function minify(options: { target: string, areNamesShort: boolean }): Plugin
export function unfoldClasses(): Plugin
export const bundles: readonly (RollupOptions & { output: OutputOptions })[]
