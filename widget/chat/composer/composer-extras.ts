import { onDemand } from '../../ui/on-demand.ts'

/**
 * Input of pictures, their upload, the store in which they wait, and what the composer's buttons open. The scripts load with the first composer that is
 * shown, while there is still a connection to load them over.
 */
export const composerExtras = onDemand(() =>
  Promise.all([
    import('./picture-composer.ts'),
    import('./tray.ts'),
    import('../../client/upload.ts'),
    import('../../client/indexed-pictures.ts').catch(() => {}), // without it a person is told to keep the page open
  ]).then(([{ takePictures }, { toggleTray }]) => ({ takePictures, toggleTray })),
)
