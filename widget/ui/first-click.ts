/**
 * A listener for the click on a button whose row is gone after it. The second click of a double click would meet the next row, which has just moved under
 * the pointer.
 */
export const firstClick =
  (act: () => void) =>
  ({ detail }: MouseEvent): void => {
    if (detail < 2) act()
  }
