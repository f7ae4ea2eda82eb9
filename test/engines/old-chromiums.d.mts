export declare const OLD_CHROMIUMS: Readonly<Record<number, { from: string; standsFor: string; integrity: string }>>
export declare function oldChromium(major: number): string
export declare function fetchOldChromiums(majors: readonly number[]): Promise<string[]>
