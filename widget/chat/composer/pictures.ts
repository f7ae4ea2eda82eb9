import { onDemand } from '../../ui/on-demand.ts'

/** Pasting, dropping and picking of pictures, and what brings them up: come with the first composer that is shown, before the line may go. */
export const pictures = onDemand(() =>
  Promise.all([import('./picture-composer.ts'), import('../../client/upload.ts')]).then(([{ takePictures }]) => takePictures),
)
