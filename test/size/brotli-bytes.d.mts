export function brotliBytes(file: string): number
