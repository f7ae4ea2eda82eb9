/** Looks to start from. Each says for which theme it was made; their contrast is tested. */
export interface Preset {
  readonly name: string
  /** Value of the attribute; '' is that of the system. */
  readonly theme: '' | 'light' | 'dark'
  readonly variables: Readonly<Record<string, string>>
}

export const PRESETS: readonly Preset[] = [
  { name: 'System', theme: '', variables: {} },
  { name: 'Light', theme: 'light', variables: {} },
  { name: 'Dark', theme: 'dark', variables: {} },
  {
    name: 'Ocean',
    theme: 'light',
    variables: { '--im-accent': '#0b5cad', '--im-bubble-own': '#cfe4fa', '--im-ground': '#eef3f8', '--im-line': '#d5e0eb', '--im-muted': '#4b5d70' },
  },
  {
    name: 'Rose',
    theme: 'light',
    variables: { '--im-accent': '#a3214f', '--im-bubble-own': '#fbd9e3', '--im-ground': '#fbf4f3', '--im-line': '#eedcdc', '--im-muted': '#6b5459' },
  },
  {
    name: 'Newsprint',
    theme: 'light',
    variables: {
      '--im-accent': '#111111',
      '--im-bubble-own': '#e7e2d6',
      '--im-ground': '#ffffff',
      '--im-bubble': '#f5f2ea',
      '--im-line': '#111111',
      '--im-font': "Georgia, 'Times New Roman', serif",
      '--im-radius': '0px',
    },
  },
  {
    name: 'Midnight',
    theme: 'dark',
    variables: {
      '--im-accent': '#8fb4ff',
      '--im-accent-ink': '#0a1736',
      '--im-ground': '#0c1222',
      '--im-surface': '#141c31',
      '--im-bubble': '#1d2742',
      '--im-bubble-own': '#27407a',
      '--im-line': '#2a3655',
      '--im-muted': '#9fabc7',
    },
  },
  {
    name: 'High contrast',
    theme: 'light',
    variables: {
      '--im-accent': '#000000',
      '--im-ground': '#ffffff',
      '--im-bubble': '#ffffff',
      '--im-bubble-own': '#ffe98a',
      '--im-ink': '#000000',
      '--im-muted': '#333333',
      '--im-line': '#000000',
    },
  },
]
